//! Whether an application would find its tokens: asks the agent as the module does.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use proto::frame::{self, HEADER_LEN, Header, Kind};
use proto::hello::Hello;
use proto::shape::{Room, SessionHandle};
use proto::{Call, Reader, Writer};

use super::home::Home;
use super::setup;
use crate::workspace::Profile;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks the HSM how it is, and the agent for the slots.
pub(super) fn check(home: &Home, profile: Profile) -> Result<()> {
    setup::manage(home, profile)?
        .args(["status"])
        .output()
        .context("the HSM does not answer")?;
    let mut stream = UnixStream::connect(home.socket())
        .with_context(|| format!("the agent does not listen on {}", home.socket().display()))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    ask_for_slots(&mut stream)
        .context("the agent does not bring calls to the HSM; see dew-agent.log and hsmd.log")
}

/// Says hello and calls `C_GetSlotList` for the number of slots.
fn ask_for_slots(stream: &mut UnixStream) -> Result<()> {
    exchange(stream, Kind::Hello, 0, |writer| Hello::OURS.encode(writer))?;
    let reply = exchange(
        stream,
        Kind::Request,
        Call::GetSlotList.number(),
        |writer| {
            writer.u8(0); // Slots without a token as well.
            Room::Query.encode(writer);
        },
    )?;
    let rv = Reader::new(SessionHandle(0), &reply).u32("a return code")?;
    match ck::Rv(rv.into()) {
        ck::Rv::OK => Ok(()),
        rv => bail!("C_GetSlotList answers {rv}"),
    }
}

/// Sends one frame and returns the payload of the answer.
fn exchange(
    stream: &mut UnixStream,
    kind: Kind,
    call: u16,
    write: impl FnOnce(&mut Writer<'_>),
) -> Result<Vec<u8>> {
    let header = Header {
        kind,
        call,
        length: 0,
        correlation: 1,
        application: 0,
        session: SessionHandle(0),
    };
    let mut out = Vec::new();
    frame::append(&mut out, header, write)?;
    stream.write_all(&out)?;
    let mut header = [0; HEADER_LEN];
    stream.read_exact(&mut header)?;
    let header = Header::decode(&header)?;
    ensure!(
        matches!(header.kind, Kind::Hello | Kind::Reply),
        "an unexpected frame came: {:?}",
        header.kind
    );
    let mut payload = vec![0; header.payload_len()];
    stream.read_exact(&mut payload)?;
    Ok(payload)
}
