//! What reads bytes from the network.

use proto::admin::{Command, Profile, Request, Secret, TokenSetup};
use proto::frame::{HEADER_LEN, Header, Kind};
use proto::hello::Hello;
use proto::shape::SessionHandle;
use proto::{Call, Reader, Writer};
use token::Ticket;

pub(super) fn frame_headers() -> [Vec<u8>; 2] {
    let header = |kind, length| Header {
        kind,
        call: Call::Sign.number(),
        length,
        correlation: 1,
        application: 2,
        session: SessionHandle(3),
    };
    [header(Kind::Request, 64), header(Kind::Hello, 8)].map(|header| header.encode().to_vec())
}

pub(super) fn read_frame_header(bytes: &[u8]) {
    let Some(bytes) = bytes.first_chunk::<HEADER_LEN>() else {
        return;
    };
    if let Ok(header) = Header::decode(bytes) {
        assert_eq!(
            header.encode(),
            *bytes,
            "a header that is accepted has one form"
        );
    }
}

pub(super) fn hellos() -> [Vec<u8>; 1] {
    let mut bytes = Vec::new();
    Hello::OURS.encode(&mut Writer::new(&mut bytes));
    [bytes]
}

pub(super) fn read_hello(bytes: &[u8]) {
    if let Ok(hello) = Hello::decode(&mut Reader::new(SessionHandle(0), bytes)) {
        let agreed = Hello::OURS.agree(&hello);
        assert!(agreed.is_none_or(|version| version <= Hello::OURS.newest));
    }
}

/// Tickets, unsealed: of nobody, and of an application with a user and another login.
pub(super) fn tickets() -> [Vec<u8>; 2] {
    let ticket = |logins: &dyn Fn(&mut Writer<'_>)| {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(&mut bytes);
        writer.raw(&[1; 16]);
        writer.raw(&[2; 32]);
        writer.u64(1_700_000_000_000);
        logins(&mut writer);
        bytes
    };
    let two = |writer: &mut Writer<'_>| {
        writer.count(2);
        for user in [0, 1] {
            writer.raw(&[3; 16]);
            writer.u64(4);
            writer.u8(1);
            writer.u8(user);
        }
        writer.raw(&[5; 16]);
        writer.bytes(&[6; 60]);
    };
    [ticket(&|writer| writer.count(0)), ticket(&two)]
}

pub(super) fn read_ticket(bytes: &[u8]) {
    if let Ok(ticket) = Ticket::decode(bytes) {
        let written = ticket.encode();
        let again = Ticket::decode(&written).map(|ticket| ticket.encode());
        assert_eq!(again.as_deref(), Ok(&*written), "what is read is written");
        assert_eq!(written.len(), bytes.len(), "nothing is passed over");
    }
}

pub(super) fn admin_requests() -> Vec<Vec<u8>> {
    let command = Request::Command {
        command: vec![1; 40],
        signature: vec![2; 70],
    };
    [Request::Challenge, Request::Status, command]
        .iter()
        .map(encoded)
        .collect()
}

pub(super) fn read_admin_request(bytes: &[u8]) {
    let _ = postcard::from_bytes::<Request>(bytes);
}

pub(super) fn admin_commands() -> Vec<Vec<u8>> {
    let text = |text: &str| text.to_owned();
    let setup = TokenSetup {
        label: text("payments"),
        so_pin: Secret::new(b"12345678".to_vec()),
        user_pin: None,
    };
    let create = Command::PartitionCreate {
        name: text("payments"),
        profile: Profile::Strict,
        token: Some(setup),
    };
    let issue = Command::AccessCertificateIssue {
        name: text("web-1"),
        partitions: vec![text("payments"), text("spare")],
        request: vec![0x30; 300],
        hours: 24,
    };
    [create, issue, Command::PartitionList]
        .iter()
        .map(encoded)
        .collect()
}

pub(super) fn read_admin_command(bytes: &[u8]) {
    let _ = postcard::from_bytes::<Command>(bytes);
}

fn encoded<T: serde::Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("a message has an encoding")
}
