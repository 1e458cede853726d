//! What many operations may refuse, in the words of the API's description. Rows of [`Documented`](crate::problem::Documented).

/// One row: a status, and its codes in words.
pub(crate) type Row = (u16, &'static str);

/// A body, a parameter or a key that cannot be read.
pub(crate) const UNREADABLE: Row = (400, "`malformed_json`, `bad_request`, `invalid_parameter`, `bad_idempotency_key`");
/// The same where the key has to be there.
pub(crate) const UNREADABLE_OR_NO_KEY: Row =
    (400, "`malformed_json`, `bad_request`, `invalid_parameter`, `idempotency_key_required`, `bad_idempotency_key`");
/// A body that cannot be read, where nothing is stored.
pub(crate) const MALFORMED: Row = (400, "`malformed_json`, `invalid_parameter`");
/// A parameter that cannot be read.
pub(crate) const PARAMETER: Row = (400, "`invalid_parameter`");
/// A page that cannot be had.
pub(crate) const PAGING: Row = (400, "`invalid_parameter`, `bad_cursor`");
/// No token, or none of ours.
pub(crate) const UNAUTHENTICATED: Row = (401, "`unauthenticated`");
/// Only for those who look after orders or money.
pub(crate) const OFFICE: Row = (403, "`forbidden`: neither operator nor finance");
/// Nobody's, or somebody else's.
pub(crate) const NOT_FOUND: Row = (404, "`not_found`, also for what the caller has no part in");
/// What is no id is nobody's.
pub(crate) const NOT_AN_ID: Row = (404, "`not_found`: this is no id");
/// More than is read.
pub(crate) const TOO_LARGE: Row = (413, "`too_large`");
/// Not JSON.
pub(crate) const MEDIA_TYPE: Row = (415, "`unsupported_media_type`");
/// A field that is not as documented, or a key that is used up.
pub(crate) const INVALID_OR_REUSED: Row = (422, "`invalid_field` (see `pointer`), `idempotency_key_reused`");
/// A key that is used up.
pub(crate) const REUSED: Row = (422, "`idempotency_key_reused`");
/// Our fault, where something is read.
pub(crate) const INTERNAL: Row = (500, "`internal`");
/// Our fault, where something is to change.
pub(crate) const PARKED: Row = (500, "`internal`, `parked`");
/// Not now, where something is read.
pub(crate) const AWAY: Row = (503, "`broker_away`, `service_away`, `keys_away`");
/// Not now, where something is to change.
pub(crate) const AWAY_REPEAT: Row = (503, "`broker_away`, `service_away`, `keys_away`: repeat with the same key");
/// Too much at once. Every operation that counts against a caller's rate has it: see [`crate::limits`].
pub(crate) const RATE: Row = (429, "`rate_limited`; `Retry-After` says when it is worth trying again");
