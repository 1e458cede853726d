//! Carries the plan out, and measures how long the platform takes to recover from each fault.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use chassis::{Bus, Clock, inspect};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::chaos::installation::Installation;
use crate::chaos::plan::{Fault, Part, Trouble, What, With, parts};
use crate::simulate::Bar;
use crate::simulate::play::Progress;

/// How long the platform may come no step nearer to its recovery before that is a finding.
const STANDSTILL: Duration = Duration::from_secs(120);
const GLANCE: Duration = Duration::from_millis(25);
/// How long a look at the broker may take.
const LOOK: Duration = Duration::from_secs(2);
/// Longer than the platform waits for an answer of Stripe's.
const TIMES_OUT_MS: u64 = 25_000;
/// So many calls of Stripe's are not answered.
const UNANSWERED: usize = 3;
/// So many messages wait for such a call at most, itself included.
const WAIT_FOR_IT: usize = 4;

/// What came of a fault.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) number: usize,
    pub(crate) kind: String,
    /// In words.
    pub(crate) what: String,
    /// From its end until everything that was said before is handled, and everything is there again; nothing when that never
    /// happened.
    pub(crate) recovery: Option<Duration>,
}

/// Who carries it out.
#[derive(Clone)]
pub(crate) struct Conductor {
    pub(crate) installation: Arc<Mutex<Installation>>,
    pub(crate) with: With,
    pub(crate) url: String,
    pub(crate) stripe: String,
    pub(crate) bus: Bus,
    pub(crate) http: reqwest::Client,
    pub(crate) bar: Bar,
    /// Calls of Stripe's that are not answered: what they belong to waits, and everybody else has recovered all the same.
    unanswered: Arc<AtomicUsize>,
}

/// Who has to recover.
#[derive(Clone, Default)]
struct Affected {
    services: Vec<&'static str>,
    gateway: bool,
}

impl Conductor {
    pub(crate) async fn new(installation: Installation, with: With, bar: Bar) -> anyhow::Result<Self> {
        let (url, stripe, bus) = (installation.url().to_owned(), installation.stripe(), installation.bus.clone());
        let http = reqwest::Client::builder().no_proxy().timeout(LOOK).build()?;
        let installation = Arc::new(Mutex::new(installation));
        Ok(Self { installation, with, url, stripe, bus, http, bar, unanswered: Arc::default() })
    }

    /// Carries the plan out as orders are placed, and lets so many be placed as the plan's next fault says. Ends when the plan
    /// does or nothing more is placed, with everything healed.
    pub(crate) async fn carry_out(
        self,
        plan: Vec<Fault>,
        progress: Arc<Progress>,
        gate: watch::Sender<usize>,
        mut over: watch::Receiver<bool>,
    ) -> anyhow::Result<Vec<Done>> {
        let (count, mut done) = (plan.len(), Vec::new());
        gate.send_replace(plan.get(1).map_or(usize::MAX, |next| next.after_orders.max(1)));
        let mut with_stripe: Option<JoinHandle<anyhow::Result<Done>>> = None;
        for (index, fault) in plan.iter().enumerate() {
            let is_due = || progress.placed.load(Ordering::Relaxed) >= fault.after_orders;
            let due = async {
                while !is_due() {
                    sleep(GLANCE).await;
                }
            };
            tokio::select! {
                () = due => {}
                // The last order may have made it due: what is planned is done.
                _ = over.wait_for(|over| *over) => if !is_due() { break },
            }
            // While a fault lasts, orders are placed until the one after the next is due.
            gate.send_replace(plan.get(index + 2).map_or(usize::MAX, |next| next.after_orders.max(1)));
            if fault.what.is_stripes() {
                // One at a time, but whatever else happens meanwhile.
                if let Some(before) = with_stripe.take() {
                    done.push(before.await??);
                }
                self.announce(fault, count, &progress);
                let (conductor, fault) = (self.clone(), fault.clone());
                with_stripe = Some(tokio::spawn(async move { conductor.strike(&fault).await }));
            } else {
                self.announce(fault, count, &progress);
                done.push(self.strike(fault).await?);
            }
        }
        gate.send_replace(usize::MAX);
        if let Some(last) = with_stripe {
            done.push(last.await??);
        }
        done.sort_by_key(|done: &Done| done.number);
        Ok(done)
    }

    fn announce(&self, fault: &Fault, count: usize, progress: &Progress) {
        let placed = progress.placed.load(Ordering::Relaxed);
        self.bar.say(&format!("fault {}/{count}, {placed} orders placed: {fault}", fault.number));
    }

    /// Brings a fault about, ends it, and waits until the platform has recovered.
    async fn strike(&self, fault: &Fault) -> anyhow::Result<Done> {
        let affected = self.bring_about(fault).await.with_context(|| format!("fault {}", fault.number))?;
        let end = Instant::now();
        let spare = self.unanswered.load(Ordering::Relaxed);
        let own = if fault.what == What::Stripe(Trouble::TimesOutAfter) { spare } else { 0 };
        let recovered = self.recovered(&affected, (spare - own) * WAIT_FOR_IT).await;
        self.unanswered.fetch_sub(own, Ordering::Relaxed);
        let recovery = recovered.is_ok().then(|| end.elapsed());
        let what = match recovered {
            Ok(()) => format!("{fault}; recovered after {:.2} s", end.elapsed().as_secs_f64()),
            Err(left) => format!(
                "{fault}; not recovered: for {} s nothing has moved of {}",
                STANDSTILL.as_secs(),
                left.join(", ")
            ),
        };
        self.bar.say(&format!("  {}: {what}", fault.number));
        Ok(Done { number: fault.number, kind: fault.what.kind(), what, recovery })
    }

    /// Brings it about and ends it; who is affected.
    async fn bring_about(&self, fault: &Fault) -> anyhow::Result<Affected> {
        match &fault.what {
            What::Kill(parts) => self.kill(parts, fault).await?,
            What::KillEverything => self.kill_everything(fault.lasts).await?,
            What::Pause(part) => {
                let replica = self.replica(*part, fault).await;
                self.installation.lock().await.pause(*part, replica).await?;
                sleep(fault.lasts).await;
                self.installation.lock().await.go_on(*part, replica).await?;
            }
            What::Cut(part) => {
                self.installation.lock().await.cut(*part);
                sleep(fault.lasts).await;
                self.installation.lock().await.mend(*part);
            }
            What::Double(service) => {
                let part = Part::Service(service);
                let replica = self.replica(part, fault).await;
                self.installation.lock().await.double(service, replica).await?;
                sleep(fault.lasts).await;
                let mut installation = self.installation.lock().await;
                installation.kill(part, replica).await?;
                installation.revive(part, replica).await?;
            }
            What::HoldBack(service) => self.hold_back(service, fault.lasts).await?,
            What::Stripe(trouble) => self.trouble_stripe(*trouble, fault.lasts).await?,
            What::DoubleWebhooks => self.webhooks("double", fault.lasts).await?,
            What::HoldWebhooks => self.webhooks("hold", fault.lasts).await?,
        }
        Ok(self.affected(&fault.what))
    }

    /// Which replica of a part a fault hits.
    async fn replica(&self, part: Part, fault: &Fault) -> u16 {
        let count = self.installation.lock().await.replicas(part).max(1);
        u16::try_from(fault.number % usize::from(count)).unwrap_or_default()
    }

    async fn kill(&self, parts: &[Part], fault: &Fault) -> anyhow::Result<()> {
        for part in parts {
            let replica = self.replica(*part, fault).await;
            self.installation.lock().await.kill(*part, replica).await?;
        }
        sleep(fault.lasts).await;
        for part in parts {
            let replica = self.replica(*part, fault).await;
            self.installation.lock().await.revive(*part, replica).await?;
        }
        Ok(())
    }

    async fn hold_back(&self, service: &str, lasts: Duration) -> anyhow::Result<()> {
        let until = Clock::system().now().checked_add(SignedDuration::try_from(lasts)?)?;
        for partition in (0..self.bus.partitions).step_by(2) {
            let held = inspect::hold_back(&self.bus, service, partition, until).await;
            held.map_err(anyhow::Error::from_boxed)?;
        }
        sleep(lasts).await;
        Ok(())
    }

    async fn kill_everything(&self, lasts: Duration) -> anyhow::Result<()> {
        let mut installation = self.installation.lock().await;
        let all: Vec<(Part, u16)> = parts(self.with)
            .into_iter()
            .flat_map(|part| (0..installation.replicas(part).max(1)).map(move |replica| (part, replica)))
            .collect();
        // Whoever uses something goes first: what is lost is lost at once.
        for (part, replica) in all.iter().rev() {
            installation.kill(*part, *replica).await?;
        }
        sleep(lasts).await;
        for (part, replica) in all {
            installation.revive(part, replica).await?;
        }
        Ok(())
    }

    async fn trouble_stripe(&self, trouble: Trouble, lasts: Duration) -> anyhow::Result<()> {
        let fault = match trouble {
            Trouble::Slow { ms } => json!({ "path": "/v1/**", "mode": "slow", "ms": ms, "times": u32::MAX }),
            Trouble::Fails { status } => {
                json!({ "path": "/v1/**", "method": "POST", "mode": "fail", "status": status, "times": u32::MAX })
            }
            Trouble::FailsAfter => {
                json!({ "path": "/v1/**", "method": "POST", "mode": "fail_after", "times": u32::MAX })
            }
            Trouble::TimesOutAfter => {
                self.unanswered.fetch_add(UNANSWERED, Ordering::Relaxed);
                json!({ "path": "/v1/**", "method": "POST", "mode": "timeout_after", "ms": TIMES_OUT_MS, "times": UNANSWERED })
            }
        };
        let control = format!("{}/sandbox/fault", self.stripe);
        self.http.put(&control).json(&fault).send().await?.error_for_status()?;
        sleep(lasts).await;
        self.http.delete(&control).send().await?.error_for_status()?;
        Ok(())
    }

    async fn webhooks(&self, what: &str, lasts: Duration) -> anyhow::Result<()> {
        let control = format!("{}/sandbox/webhook", self.stripe);
        let set = async |is: bool| {
            let body = Value::Object([(what.to_owned(), is.into())].into_iter().collect());
            anyhow::Ok(self.http.put(&control).json(&body).send().await?.error_for_status()?)
        };
        set(true).await?;
        sleep(lasts).await;
        set(false).await?;
        Ok(())
    }

    fn affected(&self, what: &What) -> Affected {
        match what {
            What::Kill(parts) => self.who_are(parts),
            What::KillEverything => self.everybody(),
            What::Pause(part) | What::Cut(part) => self.who_are(&[*part]),
            What::Double(service) | What::HoldBack(service) => self.who_are(&[Part::Service(service)]),
            What::Stripe(_) => Affected { services: vec!["payments", "users"], gateway: false },
            What::DoubleWebhooks | What::HoldWebhooks => Affected { services: vec!["payments"], gateway: true },
        }
    }

    fn who_are(&self, parts: &[Part]) -> Affected {
        let mut affected = Affected::default();
        for part in parts {
            match part {
                // Nobody can do anything without.
                Part::Broker | Part::Database => return self.everybody(),
                Part::Service(name) => affected.services.push(name),
                Part::Gateway => affected.gateway = true,
            }
        }
        affected
    }

    fn everybody(&self) -> Affected {
        let mut everybody = Affected { services: Vec::new(), gateway: true };
        for part in parts(self.with) {
            match part {
                Part::Broker | Part::Database | Part::Gateway => {}
                Part::Service(name) => everybody.services.push(name),
            }
        }
        everybody
    }

    /// Waits until those have handled everything that was said by now, and read on. A few messages may be in hand for longer.
    /// What is left when nothing has moved for too long, in words.
    async fn recovered(&self, affected: &Affected, spare: usize) -> Result<(), Vec<String>> {
        let (mut length, mut last, mut give_up) = (None, Vec::new(), Instant::now() + STANDSTILL);
        loop {
            if length.is_none() {
                length = timeout(LOOK, inspect::log_length(&self.bus)).await.ok().and_then(Result::ok);
            }
            let left = match length {
                Some(length) => {
                    self.left(affected, length, spare).await.unwrap_or_else(|error| vec![error.to_string()])
                }
                None => vec!["the broker".to_owned()],
            };
            if left.is_empty() {
                return Ok(());
            }
            if left != last {
                (last, give_up) = (left, Instant::now() + STANDSTILL);
            } else if Instant::now() > give_up {
                return Err(last);
            }
            sleep(GLANCE).await;
        }
    }

    async fn left(&self, affected: &Affected, length: u64, spare: usize) -> anyhow::Result<Vec<String>> {
        if affected.gateway && !self.http.get(format!("{}/readyz", self.url)).send().await?.status().is_success() {
            return Ok(vec!["the gateway is not ready".to_owned()]);
        }
        if affected.services.is_empty() {
            return Ok(Vec::new());
        }
        let theirs = |consumer: &str| {
            affected.services.iter().any(|name| consumer.strip_prefix(name).is_some_and(|rest| rest.starts_with('-')))
        };
        let behind = timeout(LOOK, inspect::behind(&self.bus, length)).await?.map_err(anyhow::Error::from_boxed)?;
        let behind: Vec<_> = behind.into_iter().filter(|behind| theirs(&behind.consumer)).collect();
        let in_hand: usize = behind.iter().map(|behind| behind.in_hand).sum();
        if in_hand > spare || behind.iter().any(|behind| behind.waits) {
            return Ok(behind
                .iter()
                .map(|behind| format!("{} with {} in hand", behind.consumer, behind.in_hand))
                .collect());
        }
        let unread = timeout(LOOK, inspect::unattended(&self.bus)).await?.map_err(anyhow::Error::from_boxed)?;
        let unread = unread.into_iter().filter(|consumer| theirs(consumer));
        Ok(unread.map(|consumer| format!("{consumer}, which nobody reads")).collect())
    }
}

impl What {
    /// Whether it is Stripe's fault: it goes on beside the others.
    fn is_stripes(&self) -> bool {
        match self {
            Self::Stripe(_) | Self::DoubleWebhooks | Self::HoldWebhooks => true,
            Self::Kill(_)
            | Self::KillEverything
            | Self::Pause(_)
            | Self::Cut(_)
            | Self::Double(_)
            | Self::HoldBack(_) => false,
        }
    }
}

/// Looks after the installation until this is dropped.
pub(crate) async fn look_after(installation: Arc<Mutex<Installation>>, bar: Bar) {
    loop {
        sleep(10 * GLANCE).await;
        if let Err(error) = installation.lock().await.look_after().await {
            bar.say(&format!("what ended by itself cannot be started again: {error:#}"));
        }
    }
}
