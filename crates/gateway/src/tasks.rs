//! What only a person in their office can settle.

use std::sync::Arc;

use contracts::orders::ListOrderTasks;
use contracts::payments::ListMoneyTasks;
use contracts::repairs::{ListRepairTasks, RepairTask};
use contracts::{OrderId, Question, RepairId, tasks};
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::Shared;
use crate::auth::SignedIn;
use crate::docs::Tag;
use crate::problem::{Documented, Failure, Problem};
use crate::refusals::{AWAY, INTERNAL, OFFICE, Row, UNAUTHENTICATED};
use crate::scalars::{Ref, Time};

/// One thing to do. It is gone as soon as the facts say that it is settled.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Task {
    /// The order that it is about; absent when a parked message is about none.
    order_id: Option<Ref<OrderId>>,
    /// The parked message that it is about, for `message_parked` and `message_redriven`.
    parked_id: Option<Ref<RepairId>>,
    /// Stable: `capture_failed`, `payout_held`, `refund_failed`, `disputed`, `overdue`, `problem_reported`, `hold_lost`,
    /// `books_wrong`, `differs_from_stripe`, `stands_still`, `message_parked`, `message_redriven`, ….
    code: String,
    /// Since when.
    since: Time,
    /// What is the matter, in one sentence.
    what: String,
    /// What to do about it, in one sentence.
    todo: String,
}

impl From<tasks::Task> for Task {
    fn from(task: tasks::Task) -> Self {
        Self {
            order_id: Some(Ref(task.order_id)),
            parked_id: None,
            code: task.code,
            since: Time(task.since),
            what: task.what,
            todo: task.todo,
        }
    }
}

impl From<RepairTask> for Task {
    fn from(task: RepairTask) -> Self {
        Self {
            order_id: task.order_id.map(Ref),
            parked_id: Some(Ref(task.repair_id)),
            code: task.code,
            since: Time(task.since),
            what: task.what,
            todo: task.todo,
        }
    }
}

/// What there is to do.
#[derive(Debug, Object)]
pub(crate) struct Tasks {
    /// Oldest first.
    tasks: Vec<Task>,
    /// The services that could not be asked: their tasks are not among these.
    missing: Vec<String>,
}

pub(crate) struct Listing;

impl Documented for Listing {
    const PROBLEMS: &'static [Row] = &[UNAUTHENTICATED, OFFICE, INTERNAL, AWAY];
}

pub(crate) struct TasksApi;

#[OpenApi(tag = "Tag::Operations")]
impl TasksApi {
    /// What is there to do?
    ///
    /// For operators and finance. If a part of the platform is away, its tasks are missing, and `missing` says so.
    #[oai(path = "/api/v1/ops/tasks", method = "get", operation_id = "opsTasks")]
    async fn list(
        &self,
        Data(shared): Data<&Arc<Shared>>,
        SignedIn(caller): SignedIn,
    ) -> Result<Json<Tasks>, Failure<Listing>> {
        caller.office()?;
        // Without the broker nobody can be asked, and that is another answer than that there is nothing to do.
        shared.connected().await?;
        let (orders, money, parked) = tokio::join!(
            tasks(shared, &ListOrderTasks {}),
            tasks(shared, &ListMoneyTasks {}),
            parked(shared, &ListRepairTasks {}),
        );
        let mut missing = Vec::new();
        let mut all: Vec<Task> = Vec::new();
        for (owner, tasks) in
            [(ListOrderTasks::OWNER, orders), (ListMoneyTasks::OWNER, money), (ListRepairTasks::OWNER, parked)]
        {
            match tasks {
                // What two services are in trouble with is one thing to do, in the words of whoever looks after the order.
                Ok(tasks) => {
                    for task in tasks {
                        if !all.iter().any(|other| task.is_same(other)) {
                            all.push(task);
                        }
                    }
                }
                Err(_) => missing.push(owner.to_owned()),
            }
        }
        all.sort_by_key(|task| task.since.0);
        Ok(Json(Tasks { tasks: all, missing }))
    }
}

impl Task {
    fn is_same(&self, other: &Self) -> bool {
        self.parked_id.is_none() && (self.order_id, &self.code) == (other.order_id, &other.code)
    }
}

async fn tasks<Q: Question<Answer = tasks::Tasks>>(shared: &Shared, question: &Q) -> Result<Vec<Task>, Problem> {
    Ok(shared.ask(question).await??.tasks.into_iter().map(Into::into).collect())
}

async fn parked(shared: &Shared, question: &ListRepairTasks) -> Result<Vec<Task>, Problem> {
    Ok(shared.ask(question).await??.tasks.into_iter().map(Into::into).collect())
}
