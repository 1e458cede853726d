//! The platform without any one row of its tables: who notices that?

use std::collections::{BTreeMap, BTreeSet};

use campusg::map::Map;
use chassis::{Config, Service};

use crate::exhibits::STORIES;
use crate::{Check, Lab, Mutation};

/// Who noticed that a row is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noticed {
    /// The map of who says what and who listens.
    ByTheMap(String),
    /// A story that did not come out.
    ByAStory(&'static str, String),
    /// A story that came out, and in which something was not said.
    BySilence(&'static str),
    /// Nobody.
    ByNobody,
}

/// Leaves out every row of every service, one at a time: `orders/place`, and who noticed.
///
/// # Panics
/// When the platform cannot be put together.
#[must_use]
pub fn sweep(lab: &Lab) -> Vec<(String, Noticed)> {
    let told: Vec<Told> = STORIES.iter().map(|check| Told::of(lab, check)).collect();
    let services = services();
    // A fault that is there anyway would be what every row is noticed by.
    assert_eq!(Map::new(&services).faults(), Vec::<String>::new(), "the map of the platform as it is");
    let rows: Vec<(&'static str, &'static str)> = services
        .iter()
        .flat_map(|service| service.reactions().iter().map(|reaction| (service.name, reaction.name)))
        .collect();
    rows.into_iter().map(|(of, row)| (format!("{of}/{row}"), noticed(lab, &told, of, row))).collect()
}

/// A story as it is told when nothing is missing.
struct Told {
    check: Check,
    rows: BTreeSet<String>,
    said: Vec<String>,
}

impl Told {
    fn of(lab: &Lab, check: &Check) -> Self {
        let (seen, stage) = lab.tell(check, None);
        assert_eq!(seen, Ok(()), "{}", check.name);
        Self { check: *check, rows: stage.rows.clone(), said: stage.told() }
    }
}

fn noticed(lab: &Lab, told: &[Told], of: &'static str, row: &'static str) -> Noticed {
    let missing: Vec<Service> =
        services().into_iter().map(|service| if service.name == of { service.without(row) } else { service }).collect();
    if let Some(fault) = Map::new(&missing).faults().into_iter().next() {
        return Noticed::ByTheMap(fault);
    }
    let mut silent = None;
    let name = format!("{of}/{row}");
    for story in told.iter().filter(|story| story.rows.contains(&name)) {
        let (seen, stage) = lab.tell(&story.check, Some(&Mutation::Missing(of, row)));
        match seen {
            Err(why) => return Noticed::ByAStory(story.check.name, why),
            Ok(()) if stage.told() != story.said => silent = silent.or(Some(story.check.name)),
            Ok(()) => {}
        }
    }
    silent.map_or(Noticed::ByNobody, Noticed::BySilence)
}

fn services() -> Vec<Service> {
    campusg::registry::services(&Config::defaults()).expect("services")
}

/// How many were noticed by whom.
#[must_use]
pub fn tally(swept: &[(String, Noticed)]) -> BTreeMap<&'static str, usize> {
    let mut tally = BTreeMap::new();
    for (_, noticed) in swept {
        let by = match noticed {
            Noticed::ByTheMap(_) => "the map",
            Noticed::ByAStory(..) => "a story that did not come out",
            Noticed::BySilence(_) => "a story in which something was not said",
            Noticed::ByNobody => "nobody",
        };
        *tally.entry(by).or_default() += 1;
    }
    tally
}
