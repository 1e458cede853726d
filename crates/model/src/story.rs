//! A path through the states as a story that a person can follow: who did what, which message, and what it came to.

use std::fmt::Write as _;

use chassis::rehearsal::Ending;
use stateright::Model;

use crate::kept::Mail;
use crate::properties::{judge, order_in_words, payment_in_words};
use crate::world::{Action, Fate, Platform, Said, Stance, State, Way};

/// Tells it.
#[must_use]
pub fn tell(platform: &Platform, path: &[(State, Option<Action>)]) -> String {
    let mut story = String::new();
    let mut number = 0;
    for (state, action) in path {
        let Some(action) = action else {
            let wrong = state.wrong.clone().or_else(|| judge(platform, state));
            if let Some(wrong) = wrong {
                let _ = writeln!(story, "  => {:?}: {}", wrong.invariant, wrong.what);
            }
            continue;
        };
        number += 1;
        let _ = writeln!(story, "{number:3}. [{}] {}", clock(state.now), in_words(platform, state, action));
        if let Some(next) = platform.next_state(state, action.clone()) {
            let (before, after) = (order_in_words(platform.order(state)), order_in_words(platform.order(&next)));
            if before != after {
                let _ = writeln!(story, "       order:   {before} -> {after}");
            }
            let (before, after) =
                (payment_in_words(platform.payment(state)), payment_in_words(platform.payment(&next)));
            if before != after {
                let _ = writeln!(story, "       payment: {before} -> {after}");
            }
        }
    }
    if let Some((last, _)) = path.last() {
        let _ = writeln!(
            story,
            "  At Stripe: held {}, taken and kept {}, with the runner {}. Deadlines that run: {}.",
            last.books.held(),
            last.books.kept(),
            last.books.with_runner(),
            list(last.deadlines.iter().map(|(due, elapsed)| format!("{} at {}", route(elapsed), clock(*due)))),
        );
    }
    story
}

fn in_words(platform: &Platform, state: &State, action: &Action) -> String {
    match action {
        Action::Turn { service, index, way, fate } => {
            let Some(entry) = state.queues[*service].get(*index) else { return String::new() };
            let name = platform.services[*service].name();
            if let Stance::Committed(rest) = &entry.stance {
                let rest = said(rest);
                return format!("{name} is back, finds {} in its journal, and says {rest}", route(&entry.mail));
            }
            let ways = platform.ways(state, &entry.mail, &entry.place);
            let came = ways.get(*way).map_or_else(String::new, |way| came(way, *fate));
            format!("{name} handles {} ({}){came}", route(&entry.mail), reaction(platform, *service, &entry.mail))
        }
        Action::Do { deed, fate } => {
            let deed = &platform.deeds[*deed];
            let mail = platform.mail_of(state, action);
            let came = mail.map_or_else(String::new, |mail| outcome(platform, state, &mail, *fate));
            format!("{} {}{came}", deed.who, deed.what)
        }
        Action::Elapse { index, fate } => {
            let Some((due, elapsed)) = state.deadlines.get(*index) else { return String::new() };
            format!("{} (due {}){}", route(elapsed), clock(*due), outcome(platform, state, elapsed, *fate))
        }
        Action::Tell { index, fate } => {
            let fact = state.books.untold.get(*index);
            let mail = platform.mail_of(state, action);
            let came = mail.map_or_else(String::new, |mail| outcome(platform, state, &mail, *fate));
            format!("Stripe's webhook tells {}{came}", fact.map_or_else(String::new, |fact| format!("{fact:?}")))
        }
        Action::Again { row } => {
            let Some(row) = state.journal.get(*row) else { return String::new() };
            format!("{} is delivered {} again", platform.services[row.service].name(), route(&row.mail))
        }
        Action::Authenticate { convinced: true, .. } => "the customer convinces their bank".to_owned(),
        Action::Authenticate { convinced: false, .. } => "the customer does not convince their bank".to_owned(),
        Action::Lapse(n) => format!("the bank lets go of pi_{n} by itself"),
        Action::TakeByHand(n) => format!("somebody takes pi_{n} in Stripe's dashboard"),
        Action::BringBack(n) => format!("refund re_{n} comes back"),
    }
}

fn outcome(platform: &Platform, state: &State, mail: &crate::kept::Shared<Mail>, fate: Fate) -> String {
    let Some(place) = mail.to.first() else { return String::new() };
    let ways = platform.ways(state, mail, place);
    let reaction = reaction(platform, place.service, mail);
    ways.first().map_or_else(String::new, |way| format!(" ({reaction}){}", came(way, fate)))
}

fn came(way: &Way, fate: Fate) -> String {
    let mut words = String::new();
    if !way.notes.is_empty() {
        let _ = write!(words, "; Stripe: {}", way.notes.join("; "));
    }
    match &way.ending {
        Ending::Done => {}
        Ending::Refused(code) => words += &format!("; refused: {code}"),
        Ending::Parked(reason) => words += &format!("; given up on: {reason}"),
        Ending::Retry(reason) => words += &format!("; fails: {reason}"),
        Ending::Away(_) => words += "; to be tried again",
    }
    if !way.says.is_empty() {
        let _ = write!(words, "; says {}", said(&way.says));
    }
    if let Fate::DiesAfter(published) = fate {
        let _ = write!(words, "; DIES after publishing {published} of {}", way.says.len());
    }
    words
}

fn said(says: &[Said]) -> String {
    let words = says.iter().map(|said| match said {
        Said::Event(mail) => route(mail),
        Said::Deadline(due, elapsed) => format!("{} for {}", route(elapsed), clock(*due)),
    });
    list(words)
}

fn list(words: impl Iterator<Item = String>) -> String {
    let words: Vec<String> = words.collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

fn reaction(platform: &Platform, service: usize, mail: &Mail) -> &'static str {
    platform.services[service].reaction(&mail.letter.subject).map_or("no reaction", |reaction| reaction.name)
}

/// `orders.placed`
fn route(mail: &Mail) -> String {
    let subject = mail.letter.subject.strip_prefix("intent.").unwrap_or(&mail.letter.subject);
    subject.split('.').take(2).collect::<Vec<_>>().join(".")
}

fn clock(seconds: i64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let time = format!("{:02}:{:02}", rest / 3_600, rest % 3_600 / 60);
    if days > 0 { format!("{days}d {time}") } else { time }
}
