//! A release has the web app inside, so it is built anew when the app was. A debug build reads the app from the disk.

const APP: &str = "../../frontend/dist";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // What is compiled looks for a directory that is there now, also if the app is built only later.
    drop(std::fs::create_dir_all(APP));
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={APP}");
    }
}
