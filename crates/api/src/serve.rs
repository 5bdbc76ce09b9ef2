//! Takes connections. A client that is slow with its head is let go after a while, a client that goes away half-way costs
//! nothing, and at the end what is being answered is answered.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, extract::connect_info::ConnectInfo, http::HeaderMap};
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use ipnet::IpNet;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// How long the head of a request may take to arrive, also the first of a connection.
const HEAD_WAIT_MAX: Duration = Duration::from_secs(15);
/// How long answers that are under way may take when the process is told to end.
const DRAIN_WAIT_MAX: Duration = Duration::from_secs(20);
/// After a failed accept, mostly for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Connections that may wait to be taken. What comes beyond is dropped by the kernel, and asks again a whole second later.
const WAITING_MAX: u32 = 4096;

/// Listens, for [`serve`].
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // The port is free again at once when the process before has ended.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_MAX)
}

/// Serves until `stop`, then lets what is under way come to its end. Behind one of the `proxies`, a request is from whom the proxy
/// says that it is.
pub async fn serve(listener: TcpListener, router: Router, proxies: Vec<IpNet>, stop: CancellationToken) -> io::Result<()> {
    let proxies: Arc<[IpNet]> = proxies.into();
    let mut server = Builder::new(TokioExecutor::new());
    // A client that has said all it has to say may close its half and still be answered.
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT_MAX).half_close(true);
    server.http2().timer(TokioTimer::new());
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let Ok((stream, address)) = accepted else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let _ = TcpStream::set_nodelay(&stream, true);
        let (router, proxies) = (router.clone(), Arc::clone(&proxies));
        let service = tower::service_fn(move |mut request: Request<Incoming>| {
            let from = sender(address, request.headers(), &proxies);
            request.extensions_mut().insert(ConnectInfo(from));
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = server.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            // A client that broke off has nobody to tell.
            let _ = connection.await;
        });
    }
    drop(listener);
    if timeout(DRAIN_WAIT_MAX, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still being answered when the process ended");
    }
    Ok(())
}

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Who sent a request. Each proxy adds the address that it was asked from at the end of `X-Forwarded-For`; whatever stands before
/// the first address that is no proxy of ours was written by that sender and proves nothing.
fn sender(peer: SocketAddr, headers: &HeaderMap, proxies: &[IpNet]) -> SocketAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|proxy| proxy.contains(&address.to_canonical()));
    if !is_proxy(peer.ip()) {
        return peer;
    }
    let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut last = peer.ip();
    for text in named.iter().rev() {
        // A proxy of ours writes addresses; anything else ends what is known.
        let Ok(address) = text.parse::<IpAddr>() else { break };
        last = address;
        if !is_proxy(address) {
            break;
        }
    }
    SocketAddr::new(last, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_proxies_are_believed() {
        let proxies: Vec<IpNet> = ["10.0.0.0/8", "127.0.0.1/32"].iter().map(|text| text.parse().unwrap()).collect();
        for (peer, forwarded, from) in [
            ("203.0.113.9:5", "1.2.3.4", "203.0.113.9"),
            ("127.0.0.1:5", "", "127.0.0.1"),
            ("127.0.0.1:5", "203.0.113.9", "203.0.113.9"),
            ("127.0.0.1:5", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
            ("127.0.0.1:5", "6.6.6.6, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
            ("[::ffff:127.0.0.1]:5", "2001:db8::1", "2001:db8::1"),
            ("127.0.0.1:5", "203.0.113.9, unknown", "127.0.0.1"),
            ("127.0.0.1:5", "10.1.1.1, 10.1.1.2", "10.1.1.1"),
        ] {
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert(FORWARDED_FOR, forwarded.parse().unwrap());
            }
            let found = sender(peer.parse().unwrap(), &headers, &proxies);
            assert_eq!(found.ip(), from.parse::<IpAddr>().unwrap(), "{peer} {forwarded}");
        }
    }
}
