//! The partition of a key is the same function on both sides.

use async_nats::jetstream::stream::{Config, SubjectTransform};
use contracts::partition_of;

use crate::fixture::{Db, World, key, service};

#[tokio::test]
async fn the_partition_of_a_key_is_the_brokers_own() {
    let world = World::of(Db::Sqlite).only(service).start().await;
    let url = world.broker_url();
    let jetstream = async_nats::jetstream::new(async_nats::connect(url).await.unwrap());
    let transform =
        SubjectTransform { source: "probe.*".into(), destination: "probe.{{wildcard(1)}}.{{partition(16,1)}}".into() };
    let config = Config {
        name: "PROBE".into(),
        subjects: vec!["probe.*".into()],
        subject_transform: Some(transform),
        ..Default::default()
    };
    let stream = jetstream.create_stream(config).await.unwrap();
    for n in 0..200 {
        let key = key(n).to_string();
        let stored = jetstream.publish(format!("probe.{key}"), "".into()).await.unwrap().await.unwrap();
        let message = stream.get_raw_message(stored.sequence).await.unwrap();
        assert_eq!(message.subject.as_str(), format!("probe.{key}.{}", partition_of(&key, 16)));
    }
}
