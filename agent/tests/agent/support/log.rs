//! Reads what the agent logs in this thread.

use std::io::{self, Write};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::subscriber::DefaultGuard;

pub(crate) struct Log {
    lines: UnboundedReceiver<String>,
    _installed: DefaultGuard,
}

impl Log {
    /// Listens from here on, to tasks of a runtime that has this thread only.
    pub(crate) fn listen() -> Self {
        let (sender, lines) = unbounded_channel();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || Line(sender.clone()))
            .finish();
        Self {
            lines,
            _installed: tracing::subscriber::set_default(subscriber),
        }
    }

    /// Waits for a line with that text, and returns it.
    pub(crate) async fn line_with(&mut self, text: &str) -> String {
        loop {
            let line = self.lines.recv().await.unwrap();
            if line.contains(text) {
                return line;
            }
        }
    }
}

struct Line(UnboundedSender<String>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.send(String::from_utf8_lossy(bytes).into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
