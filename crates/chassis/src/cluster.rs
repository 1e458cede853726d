//! Several nats-servers on the loopback interface that keep copies of every stream: started, killed, replaced.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::broker::{Broker, Flush, Peering, Version, free_port, new_name};
use crate::bus::Bus;
use crate::inspect;

/// How long copies may take to become current.
const PATIENCE: Duration = Duration::from_secs(120);
const GLANCE: Duration = Duration::from_millis(50);

/// A cluster of nats-servers, each with its own directory. They are killed when this value is dropped.
#[derive(Debug)]
pub struct Cluster {
    members: Vec<Broker>,
    names: Vec<String>,
}

impl Cluster {
    /// Starts `size` servers on free ports, with their stores under `data`. See [`Cluster::current`] for when it can be used.
    ///
    /// # Errors
    /// When the program is missing, too old or does not start.
    pub async fn start(program: &Path, data: &Path, size: usize, flush: Flush) -> io::Result<Self> {
        Version::of(program).await?.check()?;
        let names: Vec<String> = (0..size).map(|_| new_name()).collect();
        let meeting: Vec<u16> = (0..size).map(|_| free_port()).collect::<io::Result<_>>()?;
        let mut members = Vec::with_capacity(size);
        for (member, (name, port)) in names.iter().zip(&meeting).enumerate() {
            let peers = meeting.iter().copied().filter(|other| other != port).collect();
            let peering = Peering { name: name.clone(), port: *port, peers };
            let data: PathBuf = data.join(member.to_string());
            members.push(Broker::join(program, &data, free_port()?, flush, peering).await?);
        }
        Ok(Self { members, names })
    }

    /// Where clients connect: all addresses, separated by commas.
    #[must_use]
    pub fn url(&self) -> String {
        self.members.iter().map(Broker::url).collect::<Vec<_>>().join(",")
    }

    /// How many servers it is meant to have.
    #[must_use]
    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// The member with this server name, counted from 0.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// A member's process, while there is one.
    #[must_use]
    pub fn pid(&self, member: usize) -> Option<u32> {
        self.members.get(member).and_then(Broker::pid)
    }

    /// Ends a member at once, as a crash would (SIGKILL).
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn kill(&mut self, member: usize) -> io::Result<()> {
        self.member(member)?.kill().await
    }

    /// Ends a member in order (SIGTERM).
    ///
    /// # Errors
    /// When it cannot be ended.
    pub async fn stop(&mut self, member: usize) -> io::Result<()> {
        self.member(member)?.stop().await
    }

    /// Starts a member again on what it has stored, after ending it in order if it still runs.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart(&mut self, member: usize) -> io::Result<()> {
        self.member(member)?.restart().await
    }

    /// Kills a member, destroys everything that it has stored, and starts an empty one in its place and under its name. The
    /// others give it copies of everything.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn replace(&mut self, member: usize) -> io::Result<()> {
        let lost = self.member(member)?;
        lost.lose().await?;
        lost.restart().await
    }

    fn member(&mut self, member: usize) -> io::Result<&mut Broker> {
        self.members.get_mut(member).ok_or_else(|| io::Error::other(format!("there is no member {member}")))
    }

    /// Waits until every stream and every consumer has as many current copies as it is to have.
    ///
    /// # Errors
    /// What is not current after two minutes.
    pub async fn current(&self, bus: &Bus) -> io::Result<()> {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let behind = match inspect::copies(bus).await {
                Ok(copies) => match copies.iter().find(|copies| copies.current < copies.wanted) {
                    None => return Ok(()),
                    Some(behind) => behind.to_string(),
                },
                Err(error) => error.to_string(),
            };
            if Instant::now() > give_up {
                return Err(io::Error::new(io::ErrorKind::TimedOut, behind));
            }
            sleep(GLANCE).await;
        }
    }

    /// Waits until streams can be made: most members have found each other and agreed on a leader.
    ///
    /// # Errors
    /// When they have not after two minutes.
    pub async fn ready(&self, bus: &Bus) -> io::Result<()> {
        let give_up = Instant::now() + PATIENCE;
        while !bus.answers(Duration::from_secs(1)).await {
            if Instant::now() > give_up {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the cluster has no leader"));
            }
            sleep(GLANCE).await;
        }
        Ok(())
    }
}
