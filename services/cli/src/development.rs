//! `dew dev`: what only a server in the development mode does.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::Context;
use crate::client::Service;
use crate::error::Error;
use crate::http::Method;
use crate::moment;

/// What to do with a server in the development mode.
#[derive(Debug, Subcommand)]
pub(crate) enum DevelopmentCommand {
    /// Moves the server's clock forward, and has it do what became due.
    AdvanceClock(Span),
}

/// How far a clock moves.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
pub(crate) struct Span {
    /// Days.
    #[arg(long, value_parser = clap::value_parser!(u32).range(..=3_660))]
    days: Option<u32>,
    /// Hours.
    #[arg(long)]
    hours: Option<u32>,
    /// Seconds.
    #[arg(long)]
    seconds: Option<u32>,
}

impl Span {
    fn seconds(&self) -> u64 {
        let part = |count: Option<u32>, seconds: u64| u64::from(count.unwrap_or(0)) * seconds;
        part(self.days, 86_400) + part(self.hours, 3_600) + part(self.seconds, 1)
    }
}

/// Does what the command line says.
pub(crate) fn execute(command: DevelopmentCommand, context: &Context) -> Result<(), Error> {
    let DevelopmentCommand::AdvanceClock(span) = command;
    let body = json!({"advance_seconds": span.seconds()});
    let reply = context
        .client
        .call(Service::Kms, Method::Post, "/dew/v1/clock", Some(&body))?;
    let now = reply["now_ms"]
        .as_i64()
        .map(moment::from_millis)
        .unwrap_or_default();
    let work = &reply["work"];
    let text = format!(
        "The server's clock says {now}. Done since: {} keys deleted, {} materials expired, {} keys rotated.",
        work["deleted"], work["expired"], work["rotated"],
    );
    context.output.show(&reply, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_add_up() {
        let span = Span {
            days: Some(2),
            hours: Some(1),
            seconds: Some(5),
        };
        assert_eq!(span.seconds(), 2 * 86_400 + 3_600 + 5);
    }
}
