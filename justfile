# Daily recipes, one line each; whatever needs a decision lives in xtask or campusg.

# Show the recipes.
default:
    @just --list

# Start everything on this machine.
up *args:
    cargo xtask up {{ args }}

# Run every suite, or only the tests with these names.
test *filters:
    cargo xtask test {{ filters }}

# Run a throw-away PostgreSQL until Ctrl-C.
postgres:
    cargo xtask postgres

# Fetch nats-server and PostgreSQL and print the exports for them.
tools:
    cargo xtask tools

# Generate streams/ and openapi/ from the code; look at the diff.
contracts *args:
    cargo run --quiet --package campusg -- contracts {{ args }}

# Show who publishes and who reacts to what.
map *args:
    cargo run --quiet --package campusg -- map {{ args }}

# Compare the streams of a running broker with what the code wants.
streams *args="diff":
    cargo run --quiet --package campusg -- streams {{ args }}

# Check a running system.
doctor *args:
    cargo run --quiet --package campusg -- doctor {{ args }}

# Have people order, deliver and change their minds; account for every order and every cent.
simulate *args:
    cargo run --quiet --package campusg -- simulate {{ args }}

# Measure.
bench *args:
    cargo run --release --package campusg -- bench {{ args }}

# Have perf say where the processor's time goes in a run of bench: target/profile/*.txt and *.folded.
profile *args:
    eval "$(cargo xtask tools)" && cargo run --release --package campusg -- bench --profile target/profile --concurrency 64 --alone 0 --open 0 {{ args }}

# Have heaptrack say who allocates in the platform in a run of bench: target/profile/memory.txt and memory.folded.
profile-memory *args:
    eval "$(cargo xtask tools)" && cargo run --release --package campusg --features system-allocator -- bench --profile-memory target/profile --concurrency 64 --alone 0 --open 0 {{ args }}

# Format.
fmt:
    cargo fmt --all

# Lint as CI does.
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Check licences, advisories and who may depend on what.
deny:
    cargo deny check --allow unused-wrapper

# Explore every order of events in the model's short scopes, or in the ones that are named.
model *args:
    cargo run --quiet --package model -- {{ args }}

# Show known defects, and the check that notices each.
museum *args:
    cargo run --quiet --package museum -- {{ args }}

# The same as simulate, while parts of the platform are killed.
chaos *args:
    eval "$(cargo xtask tools)" && cargo run --quiet --package campusg -- chaos {{ args }}
