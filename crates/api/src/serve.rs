//! Takes connections. A client that is slow with its head is let go after a while, a client that goes away half-way costs
//! nothing, and at the end what is being answered is answered.

use std::{io, time::Duration};

use axum::{Router, body::Body, extract::connect_info::ConnectInfo};
use hyper::{Request, body::Incoming};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
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

/// Serves until `stop`, then lets what is under way come to its end.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> io::Result<()> {
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
        let router = router.clone();
        let service = tower::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
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
