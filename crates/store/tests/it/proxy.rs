//! A wire between the store and PostgreSQL that can break at a COMMIT: before the server has it, or after the server did it
//! and before the store is told.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::Url;

/// The message with which a transaction is committed: a simple query, its length, its text.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server never hears of the commit and undoes everything.
    BeforeCommit,
    /// The server has committed, and the answer is lost.
    AfterCommit,
}

/// Runs until dropped.
pub struct Proxy {
    url: String,
    next: Arc<Mutex<Next>>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Next {
    cut: Option<Cut>,
    cuts: u32,
}

impl Proxy {
    /// A wire to the server of this URL; [`Proxy::url`] is the same database at its other end.
    pub async fn to(server: &str) -> Proxy {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let mut url = Url::parse(server).unwrap();
        let upstream = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let next: Arc<Mutex<Next>> = Arc::default();
        let at_commit = Arc::clone(&next);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&upstream).await.unwrap();
                tokio::spawn(relay(client, server, Arc::clone(&at_commit)));
            }
        });
        Proxy { url: url.into(), next, accepting }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Breaks the wire once, at the next commit.
    pub fn cut_next_commit(&self, cut: Cut) {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).cut = Some(cut);
    }

    /// How often it broke.
    pub fn cuts(&self) -> u32 {
        self.next.lock().unwrap_or_else(PoisonError::into_inner).cuts
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Carries bytes both ways until an end closes or the wire breaks; dropping both sockets is the break.
async fn relay(mut client: TcpStream, mut server: TcpStream, next: Arc<Mutex<Next>>) {
    let (mut up, mut down) = ([0; 16_384], [0; 16_384]);
    loop {
        tokio::select! {
            read = client.read(&mut up) => {
                let Ok(1..) = read else { return };
                let bytes = &up[..read.unwrap_or_default()];
                let cut = if bytes.ends_with(COMMIT) { at_commit(&next) } else { None };
                if cut == Some(Cut::BeforeCommit) || server.write_all(bytes).await.is_err() {
                    return;
                }
                if cut == Some(Cut::AfterCommit) {
                    // The answer shows that it is done.
                    let _ = server.read(&mut down).await;
                    return;
                }
            }
            read = server.read(&mut down) => {
                let Ok(1..) = read else { return };
                if client.write_all(&down[..read.unwrap_or_default()]).await.is_err() {
                    return;
                }
            }
        }
    }
}

fn at_commit(next: &Mutex<Next>) -> Option<Cut> {
    let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
    let cut = next.cut.take();
    next.cuts += u32::from(cut.is_some());
    cut
}
