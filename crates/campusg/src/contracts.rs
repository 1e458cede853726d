//! `campusg contracts`: writes down what the code says, or finds where it is written down differently.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use anyhow::{Context as _, bail};
use chassis::{Config, config, streams};
use contracts::catalogue::{self, Entry};
use serde_json::Value;

use crate::map::Map;
use crate::registry;

/// Directories in which nothing is kept but what is generated.
const GENERATED: [&str; 4] = ["streams/schemas", "streams/samples", "streams/stream", "streams/consumer"];

/// `campusg contracts`
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  campusg contracts              after every change of a message; then look at `git diff streams openapi`
  campusg contracts --check      lists what differs and exits with 1")]
pub struct Arguments {
    /// Change nothing; list what differs
    #[arg(long)]
    check: bool,
    /// Where streams/ and openapi/ are; without it, the workspace around the current directory
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Writes or compares.
///
/// # Errors
/// When a file cannot be read or written.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let root = arguments.root.clone().map_or_else(workspace, Ok)?;
    let differences = differences(&root)?;
    if arguments.check {
        for difference in &differences {
            println!("{difference}");
        }
        if differences.is_empty() {
            println!("streams/ and openapi/ say what the code does");
            return Ok(ExitCode::SUCCESS);
        }
        println!("`campusg contracts` brings them up to date");
        return Ok(ExitCode::FAILURE);
    }
    let unreadable = unreadable_samples(&root);
    if !unreadable.is_empty() {
        bail!(
            "a published sample no longer reads as its type: {}; keep it readable, or add a v2 beside it",
            unreadable.join(", ")
        );
    }
    for difference in &differences {
        difference.mend(&root)?;
        println!("{difference}");
    }
    println!("{} files changed", differences.len());
    Ok(ExitCode::SUCCESS)
}

/// The nearest directory upward that holds a workspace.
fn workspace() -> anyhow::Result<PathBuf> {
    let here = std::env::current_dir()?;
    let is_workspace = |dir: &&Path| dir.join("streams").is_dir() && dir.join("Cargo.toml").is_file();
    let found = here.ancestors().find(is_workspace).map(Path::to_owned);
    found.with_context(|| format!("no workspace around {}; name one with --root", here.display()))
}

/// A file that is not as the code says.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is not there.
    Missing(PathBuf, String),
    /// It says something else.
    Stale(PathBuf, String),
    /// Nothing in the code says it any more.
    Superfluous(PathBuf),
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path, _) => write!(f, "new      {}", path.display()),
            Self::Stale(path, _) => write!(f, "changed  {}", path.display()),
            Self::Superfluous(path) => write!(f, "gone     {}", path.display()),
        }
    }
}

impl Difference {
    fn mend(&self, root: &Path) -> anyhow::Result<()> {
        match self {
            Self::Missing(path, text) | Self::Stale(path, text) => {
                let path = root.join(path);
                fs::create_dir_all(path.parent().unwrap_or(root))?;
                fs::write(&path, text).with_context(|| path.display().to_string())
            }
            Self::Superfluous(path) => fs::remove_file(root.join(path)).with_context(|| path.display().to_string()),
        }
    }
}

/// Where the files under `root` differ from what the code says.
///
/// # Errors
/// When a file cannot be read.
pub fn differences(root: &Path) -> anyhow::Result<Vec<Difference>> {
    let wanted = files()?;
    let mut differences = Vec::new();
    for (path, text) in &wanted {
        match fs::read_to_string(root.join(path)) {
            Ok(there) if there == *text => {}
            Ok(_) => differences.push(Difference::Stale(path.clone(), text.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                differences.push(Difference::Missing(path.clone(), text.clone()));
            }
            Err(error) => bail!("{}: {error}", path.display()),
        }
    }
    let there = generated_under(root)?;
    let superfluous = there.into_iter().filter(|path| !wanted.contains_key(path));
    differences.extend(superfluous.map(Difference::Superfluous));
    Ok(differences)
}

/// Samples that were published and that their type no longer reads. A message that is gone altogether is none of them:
/// taking one away is a decision of its own.
fn unreadable_samples(root: &Path) -> Vec<String> {
    let reads = |entry: &Entry| match fs::read(root.join("streams/samples").join(entry.file_stem() + ".json")) {
        Ok(sample) => (entry.parses)(&sample).is_ok(),
        // A new message has none yet.
        Err(_) => true,
    };
    catalogue::all().iter().filter(|entry| !reads(entry)).map(Entry::file_stem).collect()
}

fn generated_under(root: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    for directory in GENERATED {
        if !root.join(directory).is_dir() {
            continue;
        }
        for file in fs::read_dir(root.join(directory))? {
            found.insert(Path::new(directory).join(file?.file_name()));
        }
    }
    Ok(found)
}

/// Every file and what it has to say, relative to the workspace. The same wherever and whenever it is asked.
///
/// # Errors
/// When a service cannot be made from the defaults.
pub fn files() -> anyhow::Result<BTreeMap<PathBuf, String>> {
    // Not the environment's settings: what is checked in is what is shipped.
    let config = Config::defaults();
    let services = registry::services(&config)?;
    let mut files = BTreeMap::new();
    for entry in catalogue::all() {
        let stem = entry.file_stem();
        files.insert(format!("streams/schemas/{stem}.json"), pretty(entry.schema.as_value()));
        files.insert(format!("streams/samples/{stem}.json"), pretty(&entry.sample));
        if let Some(answer) = &entry.answer {
            files.insert(format!("streams/schemas/{stem}.answer.json"), pretty(answer.as_value()));
        }
    }
    let (nats, dispatcher): (config::Nats, config::Dispatcher) =
        (config.section("nats")?, config.section("dispatcher")?);
    for (path, json) in streams::files(&services, &nats, &dispatcher) {
        files.insert(format!("streams/{path}"), pretty(&json));
    }
    files.insert("streams/README.md".to_owned(), Map::new(&services).markdown());
    files.insert("openapi/gateway.json".to_owned(), gateway::openapi_json());
    Ok(files.into_iter().map(|(path, text)| (PathBuf::from(path), text)).collect())
}

/// Keys in order: how serde_json keeps them depends on which other crates are compiled along with it.
fn pretty(json: &Value) -> String {
    // A JSON value can be written as JSON.
    serde_json::to_string_pretty(&sorted(json)).unwrap_or_default() + "\n"
}

fn sorted(json: &Value) -> Value {
    match json {
        Value::Object(object) => {
            let members: BTreeMap<&String, Value> = object.iter().map(|(name, value)| (name, sorted(value))).collect();
            members.into_iter().map(|(name, value)| (name.clone(), value)).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => json.clone(),
    }
}
