//! Pages of Stripe's on which people give what the platform must not see: their cards, and who they are.

use std::time::Duration;

use contracts::payments::{GetPages, Page, Pages};
use contracts::{Intent, MessageId};
use tokio::time::{Instant, sleep};

use crate::Shared;
use crate::acting::{Word, ask_for, patience};
use crate::auth::Caller;
use crate::problem::Problem;

/// Stripe takes its time to make a page.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const NEXT_LOOK: Duration = Duration::from_millis(200);

/// Which pages are open for the caller.
pub(crate) async fn of(shared: &Shared, caller: &Caller) -> Result<Pages, Problem> {
    Ok(shared.ask(&GetPages { user_id: caller.user_id }).await??)
}

/// Asks for a new page and waits until it is there; nothing if that takes longer than the request wants to wait.
pub(crate) async fn new_page<I: Intent>(
    shared: &Shared,
    caller: &Caller,
    id: MessageId,
    intent: &I,
    prefer: Option<&str>,
    newest: fn(Pages) -> Option<Page>,
    asked: &str,
) -> Result<Option<Page>, Problem> {
    let deadline = patience(prefer, &shared.settings);
    let before = newest(of(shared, caller).await?).map_or(0, |page| page.number);
    // The verdict says which page it is about, and says the same to whoever asks again: that page may be there by then.
    let wanted = match ask_for(shared, &caller.principal(), id, intent, deadline).await? {
        Word::Done(view) => view[asked].as_u64().and_then(|number| u32::try_from(number).ok()),
        Word::Pending => None,
    };
    let wanted = wanted.unwrap_or(before + 1);
    let mut pause = FIRST_LOOK;
    while Instant::now() + pause < deadline && !shared.shutdown.is_soft() {
        sleep(pause).await;
        pause = NEXT_LOOK;
        let page = newest(of(shared, caller).await?).filter(|page| page.number >= wanted);
        if page.is_some() {
            return Ok(page);
        }
    }
    Ok(None)
}
