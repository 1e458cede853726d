//! `campusg up`: everything on one machine, from the broker to the gateway, with no accounts and no keys.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use chassis::broker::{self, Broker, Flush};
use chassis::{Clock, Config, Shutdown, config, streams};
use contracts::users::Role;
use gateway::people::{PEOPLE, Person};
use tracing::{error, info, warn};

use crate::audit;
use crate::live::{self, Live};
use crate::map;
use crate::ready::{self, GOOD_CARD};
use crate::registry::{self, Kind, PARTS};

/// `campusg up`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg up
  campusg up --port 9000 --data /var/lib/campusg
  campusg up --port 0 --json          any free port; one line of JSON on standard output when it is ready

It needs a nats-server 2.12 or newer: the one that CAMPUSG_NATS__SERVER names, or the first on the PATH. Everything is
kept in the data directory; a second `up` on it continues. With CAMPUSG_STRIPE__URL and CAMPUSG_STRIPE__KEY it talks to
Stripe instead of the sandbox. The first Ctrl-C finishes what is under way, the second stops at once.")]
pub struct Arguments {
    /// Where everything is kept [default: the setting platform.data, ./data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The gateway's port on this machine; 0 takes a free one [default: the setting gateway.listen, 127.0.0.1:8080]
    #[arg(long)]
    port: Option<u16>,
    /// Print one line of JSON when it is ready, and nothing else
    #[arg(long)]
    json: bool,
    /// When the broker has what it acknowledged on the disk: always (survives a power cut) or 2m
    #[arg(long, default_value = "always", value_name = "always|2m")]
    sync: Flush,
}

/// Everything that is running, in the order in which it may be dropped.
struct Platform {
    live: Vec<Live>,
    broker: Broker,
    url: String,
    stripe: String,
    data: PathBuf,
    /// Whether people sign in by name.
    is_dev: bool,
    _lock: File,
}

/// Runs until it is told to stop.
///
/// # Errors
/// When something cannot be started.
pub async fn run(arguments: Arguments, config: Config) -> anyhow::Result<ExitCode> {
    let shutdown = Shutdown::new();
    shutdown.on_signals();
    let mut platform = tokio::select! {
        platform = start(&arguments, config) => platform?,
        () = shutdown.soft() => {
            eprintln!("stopped before it was ready");
            return Ok(ExitCode::SUCCESS);
        }
    };
    if arguments.json {
        platform.announce_as_json()
    } else {
        platform.announce()
    }
    tokio::select! {
        () = shutdown.soft() => {}
        () = keep_alive(&mut platform.broker) => {}
    }
    tokio::select! {
        stopped = platform.stop() => stopped?,
        () = shutdown.hard() => eprintln!("stopped at once; what was under way continues at the next start"),
    }
    Ok(ExitCode::SUCCESS)
}

async fn start(arguments: &Arguments, config: Config) -> anyhow::Result<Platform> {
    let data = arguments.data.clone().map_or_else(|| data_of(&config), Ok)?;
    // People's orders are nobody else's business.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&data)
        .with_context(|| format!("the data directory {}", data.display()))?;
    let data = data.canonicalize()?;
    let lock = lock(&data)?;
    let listen = listen(arguments, &config)?;
    let nats = broker::find(&config.section::<String>("nats.server")?)?;
    let broker = Broker::start(&nats, &data.join("nats"), 0, arguments.sync).await?;
    let public_url = public_url(&config, &listen)?;
    let mut config = own_keys(config.with("platform.data", &data).with("nats.url", broker.url()), &data)?
        .with("gateway.listen", listen)
        .with("gateway.public_url", public_url);
    let mut live = Vec::new();
    // Whoever names a Stripe wants that one.
    if config.section::<String>("stripe.url")? == Config::defaults().section::<String>("stripe.url")? {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let sandbox = live::start_sandbox(&config, free, data.join("stripe")).await?;
        config = config.with("stripe.url", sandbox.url()).with("stripe.key", stripe_sandbox::SECRET_KEY);
        live.push(Live::StripeSandbox(sandbox));
    }
    let clock = Clock::from_setting(&config.section::<String>("clock.file")?)?;
    let bus = live::connect(&config, &clock, Duration::from_secs(10)).await?;
    map::check(&config)?;
    streams::apply(&bus, &registry::services(&config)?, &config.section("dispatcher")?).await?;
    for part in PARTS.iter().filter(|part| !matches!(part.kind, Kind::StripeSandbox)) {
        live.push(Live::start(*part, &bus, &config, &clock).await?);
    }
    let gateway = live.iter().find(|part| matches!(part, Live::Gateway(_))).and_then(Live::url);
    let url = gateway.context("there is no gateway in the registry")?;
    let is_dev = config.section::<String>("identity.issuer")? == "dev";
    ready::wait(&url, &bus, is_dev).await?;
    audit::plan(&bus, &clock).await?;
    Ok(Platform { live, broker, url, stripe: config.section("stripe.url")?, data, is_dev, _lock: lock })
}

fn data_of(config: &Config) -> anyhow::Result<PathBuf> {
    Ok(config.section::<config::Platform>("platform")?.data)
}

/// Held for as long as the platform runs: two on the same data would destroy it.
fn lock(data: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(data.join("lock"));
    let mut file = file.with_context(|| format!("the data directory {} cannot be written", data.display()))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)?;
            write!(file, "{}", std::process::id())?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            drop(file.read_to_string(&mut pid));
            bail!(
                "{} is used by another `campusg up` (process {pid}); stop it, or choose another --data",
                data.display()
            )
        }
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{} cannot be locked", data.display())),
    }
}

/// The gateway's address, tried out before anything else is started; a free port if none is named.
fn listen(arguments: &Arguments, config: &Config) -> anyhow::Result<String> {
    let listen = match arguments.port {
        Some(0) => format!("127.0.0.1:{}", broker::free_port()?),
        Some(port) => format!("127.0.0.1:{port}"),
        None => config.section("gateway.listen")?,
    };
    match TcpListener::bind(&listen) {
        Ok(listener) => Ok(listener.local_addr()?.to_string()),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            bail!("{listen} is used by another program; choose another --port, or 0 for any that is free")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen at {listen}")),
    }
}

/// Where browsers find the gateway: where it listens, unless the settings say otherwise.
fn public_url(config: &Config, listen: &str) -> anyhow::Result<String> {
    let named: String = config.section("gateway.public_url")?;
    let default: String = Config::defaults().section("gateway.public_url")?;
    Ok(if named == default { format!("http://{listen}") } else { named })
}

/// Keys that the settings leave open are made once and kept, so that what was sealed or signed stays good.
fn own_keys(config: Config, data: &Path) -> anyhow::Result<Config> {
    let mut config = config;
    if config.section::<String>("seal.key")?.is_empty() {
        let key = seal_key(&data.join("seal.key")).context("the key that seals quotes")?;
        config = config.with("seal.key", key);
    }
    if config.section::<String>("identity.dev_key_file")?.is_empty() {
        config = config.with("identity.dev_key_file", data.join("identity.key"));
    }
    Ok(config)
}

fn seal_key(path: &Path) -> io::Result<String> {
    // Written aside and moved, so that a crash in between leaves no half of a key.
    if !path.exists() {
        let aside = path.with_extension("new");
        drop(fs::remove_file(&aside));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        let key: [u8; 32] = rand::random();
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        file.write_all(key.as_bytes())?;
        file.sync_all()?;
        fs::rename(aside, path)?;
    }
    Ok(fs::read_to_string(path)?.trim().to_owned())
}

/// Starts the broker again whenever it ends by itself.
async fn keep_alive(broker: &mut Broker) {
    loop {
        let status = broker.ended().await.map_or_else(|error| error.to_string(), |status| status.to_string());
        warn!("nats-server ended by itself ({status}); starting it again");
        while let Err(error) = broker.restart().await {
            error!(error = %error, "nats-server could not be started again; trying again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        info!("nats-server is back");
    }
}

impl Platform {
    async fn stop(mut self) -> anyhow::Result<()> {
        eprintln!("stopping");
        live::stop_in_order(std::mem::take(&mut self.live)).await;
        self.broker.stop().await?;
        eprintln!("stopped, nothing lost");
        Ok(())
    }

    fn announce_as_json(&self) {
        let Self { broker, url, stripe, data, .. } = self;
        println!(
            "{}",
            serde_json::json!({ "ready": true, "url": url, "nats": broker.url(), "stripe": stripe, "data": data })
        );
    }

    fn announce(&self) {
        let Self { broker, url, stripe, data, .. } = self;
        println!("CampusG is ready: {url}\n");
        println!(
            "  API     {url}/api/docs\n  data    {}\n  broker  {}\n  Stripe  {stripe}",
            data.display(),
            broker.url()
        );
        if self.is_dev {
            println!("\nPeople, who sign in by name:\n");
            for person in &PEOPLE {
                println!("  {:<7} {}", person.name, described(person));
            }
            println!("\n{}", TRY.replace("{url}", url));
        }
        println!("\nCtrl-C stops it.");
    }
}

/// What to try; meant to be copied into a shell.
const TRY: &str = r#"Try:

  url={url}
  field() { grep -o "\"$1\":\"[^\"]*" | head -1 | cut -d'"' -f4; }
  sign_in() { curl -s $url/api/v1/dev/sign-in --json "{\"person\":\"$1\"}" | field token; }
  alice=$(sign_in alice); ray=$(sign_in ray)
  quote=$(curl -s $url/api/v1/quotes -H "Authorization: Bearer $alice" --json '{
    "store": { "name": "Koufu", "location": "Block 7" }, "deliver_to": { "building": "Library", "room": "3-12" },
    "items": [{ "name": "Chicken rice", "quantity": 2, "price_cents": 445 }] }' | field quote_id)
  order=$(curl -s $url/api/v1/orders -H "Authorization: Bearer $alice" -H "Idempotency-Key: try-$RANDOM" \
    --json "{\"quote_id\":\"$quote\"}" | field order_id)
  sleep 1; curl -s $url/api/v1/orders/$order/accept -H "Authorization: Bearer $ray" --json '{}'
  curl -s $url/api/v1/orders/$order -H "Authorization: Bearer $alice""#;

/// What somebody may do, and whether they can.
fn described(person: &Person) -> String {
    let roles: Vec<&str> = person
        .roles
        .iter()
        .map(|role| match role {
            Role::Customer => match person.payment_method {
                Some(GOOD_CARD) => "customer",
                Some("pm_card_authenticationRequired") => "customer whose bank asks (3-D Secure)",
                Some("pm_card_createDispute") => "customer who takes payments back",
                Some(_) => "customer whose card is declined",
                None => "customer without a card",
            },
            Role::Runner if person.can_be_paid() => "runner",
            Role::Runner if person.payout_account.is_some() => "runner whose payout account is not complete",
            Role::Runner => "runner without a payout account",
            Role::Operator => "operator",
            Role::Finance => "finance",
        })
        .collect();
    roles.join(", ")
}
