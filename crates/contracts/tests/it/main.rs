//! Whatever comes, the vocabulary reads it or says no.

mod decoders;
