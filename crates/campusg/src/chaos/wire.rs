//! A connection to the broker that can be cut.

use std::net::Ipv4Addr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Passes on what comes to an address of its own.
pub(crate) struct Wire {
    port: u16,
    is_cut: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Wire {
    /// One that leads to this port.
    pub(crate) async fn to(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (is_cut, cut) = watch::channel(false);
        Ok(Self { port: listener.local_addr()?.port(), is_cut, task: tokio::spawn(pass_on(listener, port, cut)) })
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Breaks what is connected, and lets nobody connect.
    pub(crate) fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    pub(crate) fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(listener: TcpListener, port: u16, cut: watch::Receiver<bool>) {
    while let Ok((mut here, _)) = listener.accept().await {
        let mut cut = cut.clone();
        tokio::spawn(async move {
            let there = async {
                let mut there = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
                there.set_nodelay(true)?;
                here.set_nodelay(true)?;
                tokio::io::copy_bidirectional(&mut here, &mut there).await
            };
            tokio::select! {
                biased;
                _ = cut.wait_for(|is_cut| *is_cut) => {}
                // However it ended, both sides learn so when it is dropped.
                _ = there => {}
            }
        });
    }
}
