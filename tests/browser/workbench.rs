//! The workbenches, held against the Rust code: thousands of random inputs, the
//! same answers. `SEED=…` draws a run again.

use std::fmt::Write as _;

use frames_solution::{Close, Decoder, Error, Frame, Limits, Message, Opcode, Role};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::{assert_none, reader, violations};
use crate::cdp::Page;
use crate::wire::{Conversation, Earns, Fault, Field, Kind, Piece, Side};

/// How many random inputs each comparison has.
const CASES: usize = 4000;
/// Small enough to be reached, in both languages.
const LIMITS: Limits = Limits {
    max_message: 250,
    max_fragments: 4,
};

/// Draws from a seed that is printed: a failure can be had again.
struct Draw(TestRunner);

impl Draw {
    fn new() -> Draw {
        let given = std::env::var("SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed: u64 = given.unwrap_or_else(|| {
            let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970");
            now.as_nanos() as u64
        });
        println!("SEED={seed}");
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Draw(TestRunner::new_with_rng(Default::default(), rng))
    }

    fn some<S: Strategy>(&mut self, count: usize, strategy: S) -> Vec<S::Value> {
        let mut one = || strategy.new_tree(&mut self.0).expect("a value").current();
        (0..count).map(|_| one()).collect()
    }
}

/// What a function of the page gives for each input, in as many calls as it
/// takes to keep a message short.
fn each(page: &mut Page, function: &str, inputs: &[Value]) -> Vec<Value> {
    let mut all = Vec::new();
    for inputs in inputs.chunks(200) {
        let given = Value::from(inputs);
        let answers = page.eval(&format!("Promise.all({given}.map({function}))"));
        let Value::Array(answers) = answers else {
            panic!("{answers}")
        };
        all.extend(answers);
    }
    assert_eq!(all.len(), inputs.len());
    all
}

/// The first few that differ.
fn assert_same(inputs: &[Value], ours: &[Value], theirs: &[Value]) {
    let mut faults = String::new();
    let all = inputs.iter().zip(ours.iter().zip(theirs));
    let differ: Vec<_> = all.filter(|(_, (ours, theirs))| ours != theirs).collect();
    for (input, (ours, theirs)) in differ.iter().take(3) {
        let _ = write!(
            faults,
            "\n{input:.600}\n  Rust       {ours:.1500}\n  JavaScript {theirs:.1500}"
        );
    }
    assert!(differ.is_empty(), "{} differ:{faults}", differ.len());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// JavaScript's side of it.
const TOOLS: &str = "
    unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    tohex = (bytes) => sp.fields.hex(bytes).replaceAll(' ', '');
    0";

// --- frames: what is drawn ---

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => "[a-zß€𝄞\u{301}\u{feff}\u{7f}\"\\\\\n\u{200b}]{0,9}".prop_map(String::into_bytes),
        3 => prop::collection::vec(any::<u8>(), 0..40),
        2 => prop::collection::vec(prop_oneof![Just(0xe2), Just(0x82), Just(0xac), Just(0xf0), Just(0x9f), Just(0xed), Just(0xa0), Just(0xf4), Just(0x90), Just(0x61)], 0..6),
        1 => Just(vec![0x61; 125]),
        1 => (126..130usize).prop_map(|len| vec![0x61; len]),
        1 => (118..124usize).prop_map(|len| "ß".repeat(len).into_bytes()),
        1 => (999..1_017u16).prop_map(|code| code.to_be_bytes().to_vec()),
        1 => (any::<u16>(), "[aé]{0,3}").prop_map(|(code, reason)| [&code.to_be_bytes(), reason.as_bytes()].concat()),
        1 => ("[aé]{0,3}", prop::collection::vec(any::<u8>(), 0..3)).prop_map(|(reason, more)| [&[0x03, 0xE8], reason.as_bytes(), &more].concat()),
    ]
}

/// Now and then as long as it takes to need eight bytes for that.
fn any_payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        60 => payload(),
        1 => (65_533..65_539usize).prop_map(|len| vec![0x61; len]),
    ]
}

/// What follows a header's first byte now and then: a length in some form, of
/// any size.
fn odd_length() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just([0x7f, 0x80, 0, 0, 0, 0, 0, 0, 1].to_vec()),
        any::<u16>().prop_map(|len| [&[0x7e], &len.to_be_bytes()[..]].concat()),
        (any::<u64>(), 0..64u32)
            .prop_map(|(len, by)| [&[0x7f], &(len >> by).to_be_bytes()[..]].concat()),
    ]
}

/// What one frame is drawn from.
#[derive(Debug, Clone)]
struct Drawn {
    /// 0 to 2: a control frame.
    kind: u8,
    /// Whether it may stand where it stands.
    lawful: bool,
    fin: bool,
    rsv: u8,
    mask_otherwise: bool,
    payload: Vec<u8>,
    key: [u8; 4],
}

prop_compose! {
    fn drawn()(
        kind in 0..8u8,
        lawful in prop::bool::weighted(0.95),
        fin in any::<bool>(),
        rsv in prop_oneof![40 => Just(0u8), 1 => 1..8u8],
        mask_otherwise in prop::bool::weighted(0.02),
        payload in payload(),
        key in any::<[u8; 4]>(),
    ) -> Drawn {
        Drawn { kind, lawful, fin, rsv, mask_otherwise, payload, key }
    }
}

/// The frames that one side sends, each where it may stand, but for a few.
fn sent(side: Side, frames: Vec<Drawn>) -> Vec<u8> {
    let mut under_way = false;
    let mut bytes = Vec::new();
    for mut drawn in frames {
        let opcode = match (drawn.kind, under_way) {
            _ if !drawn.lawful => drawn.payload.len() as u8 & 15,
            (0, _) if drawn.key[0] & 3 == 0 => 8,
            (0 | 1, _) => 9,
            (2, _) => 10,
            (_, true) => 0,
            (_, false) => 1 + (drawn.key[1] & 1),
        };
        if opcode >= 8 && drawn.lawful {
            drawn.fin = true;
            drawn.payload.truncate(125);
        }
        if opcode < 8 {
            under_way = !drawn.fin;
        }
        let mut frame = proof::Frame::new(opcode, drawn.payload);
        frame.fin = drawn.fin;
        frame.rsv = drawn.rsv;
        frame.masked = (side == Side::Client) != drawn.mask_otherwise;
        bytes.extend(frame.encode(drawn.key));
    }
    bytes
}

/// Frames of one side; then perhaps noise, a byte changed, a cut.
fn stream() -> impl Strategy<Value = (Side, Vec<u8>)> {
    let frames = prop::collection::vec(drawn(), 0..8);
    let odd = (
        prop::sample::select(&[0x82u8, 0x01, 0x89][..]),
        odd_length(),
    );
    let noise = prop_oneof![
        8 => Just(Vec::new()),
        1 => odd.prop_map(|(first, length)| [&[first], &length[..]].concat()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    let index = any::<prop::sample::Index>();
    let changed = prop::option::weighted(0.1, (index, any::<u8>()));
    let cut = prop::option::weighted(0.3, any::<prop::sample::Index>());
    (any::<bool>(), frames, noise, changed, cut).prop_map(
        |(client, frames, noise, changed, cut)| {
            let side = if client { Side::Client } else { Side::Server };
            let mut bytes = sent(side, frames);
            bytes.extend(noise);
            if let Some((at, byte)) = changed
                && !bytes.is_empty()
            {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len() + 1));
            }
            (side, bytes)
        },
    )
}

fn named(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}

// --- frames: the codec ---

fn error(error: Error) -> Value {
    json!({"rule": format!("{error:?}"), "code": error.close_code(), "says": error.to_string()})
}

fn encoded(input: &(bool, u8, Option<[u8; 4]>, Vec<u8>)) -> Value {
    let (fin, opcode, mask, payload) = input;
    let frame = Frame {
        fin: *fin,
        opcode: Opcode::from_bits(*opcode).expect("known"),
        mask: *mask,
        payload,
    };
    let mut out = Vec::new();
    match frame.encode(&mut out) {
        Ok(()) => json!(hex(&out)),
        Err(broken) => error(broken),
    }
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn frames_are_encoded_as_in_rust() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.visit(&format!("{}03-frames.html", book.home));
    page.eval(TOOLS);
    let opcode = prop::sample::select(&[0u8, 1, 2, 8, 9, 10][..]);
    let fin = prop::bool::weighted(0.8);
    let frames = (fin, opcode, any::<Option<[u8; 4]>>(), any_payload());
    let frames = Draw::new().some(CASES, frames);
    let ours: Vec<Value> = frames.iter().map(encoded).collect();
    let inputs: Vec<Value> = frames
        .iter()
        .map(|(fin, opcode, key, payload)| {
            json!({"fin": fin, "opcode": opcode, "key": key, "payload": hex(payload)})
        })
        .collect();
    let theirs = each(
        &mut page,
        "(input) => {
            try {
                return tohex(sp.frame.encode({...input, payload: unhex(input.payload)}));
            } catch ({rule, code, message}) {
                return {rule, code, says: message};
            }
        }",
        &inputs,
    );
    assert_same(&inputs, &ours, &theirs);
    let refused = ours.iter().filter(|answer| answer.is_object()).count();
    println!("{} encoded, {refused} refused", ours.len() - refused);
    assert!(refused > CASES / 20 && refused < CASES / 2);
}

fn heard(side: Side, pieces: &[&[u8]]) -> Value {
    let role = match side {
        Side::Client => Role::Server,
        Side::Server => Role::Client,
    };
    let mut decoder = Decoder::new(role, LIMITS);
    let mut messages = Vec::new();
    for mut piece in pieces.iter().copied() {
        loop {
            match decoder.decode(&mut piece) {
                Ok(Some(message)) => messages.push(match message {
                    Message::Text(text) => json!([1, hex(text.as_bytes())]),
                    Message::Binary(bytes) => json!([2, hex(&bytes)]),
                    Message::Ping(bytes) => json!([9, hex(&bytes)]),
                    Message::Pong(bytes) => json!([10, hex(&bytes)]),
                    Message::Close(None) => json!([8]),
                    Message::Close(Some(Close { code, reason })) => json!([8, code, reason]),
                }),
                Ok(None) => break,
                Err(broken) => return json!([messages, error(broken)]),
            }
        }
    }
    json!([messages, null])
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn frames_are_decoded_as_in_rust() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.visit(&format!("{}03-frames.html", book.home));
    page.eval(TOOLS);
    let cuts = prop::collection::vec(any::<prop::sample::Index>(), 0..4);
    let streams = Draw::new().some(CASES, (stream(), cuts));
    let (mut inputs, mut ours) = (Vec::new(), Vec::new());
    for ((side, bytes), cuts) in &streams {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
        let in_hex: Vec<String> = pieces.iter().map(|piece| hex(piece)).collect();
        inputs.push(json!({"from": named(*side), "pieces": in_hex}));
        ours.push(heard(*side, &pieces));
    }
    let theirs = each(
        &mut page,
        "({from, pieces}) => {
            const decoder = new sp.frame.Decoder(from, {maxMessage: 250, maxFragments: 4});
            const messages = [];
            try {
                for (const piece of pieces) {
                    for (const {opcode, payload, code, reason} of decoder.decode(unhex(piece))) {
                        messages.push(opcode !== 8 ? [opcode, tohex(payload)]
                            : code === undefined ? [8] : [8, code, reason]);
                    }
                }
                return [messages, null];
            } catch ({rule, code, message}) {
                return [messages, {rule, code, says: message}];
            }
        }",
        &inputs,
    );
    assert_same(&inputs, &ours, &theirs);
    let refused = ours.iter().filter(|answer| !answer[1].is_null()).count();
    let mut rules: Vec<&str> = ours
        .iter()
        .filter_map(|answer| answer[1]["rule"].as_str())
        .collect();
    rules.sort();
    rules.dedup();
    println!(
        "{} decoded, {refused} refused for {rules:?}",
        ours.len() - refused
    );
    assert!(rules.len() == 15 && refused < CASES * 3 / 4, "{rules:?}");
}

// --- frames: what each bit says ---

fn explained(piece: &Piece) -> Value {
    let fault = |fault: &Fault| {
        let close = match fault.earns {
            Earns::Close(code) => Some(code),
            _ => None,
        };
        json!({"says": fault.says, "clause": fault.clause, "close": close})
    };
    let field = |field: &Field| {
        let faults: Vec<Value> = field.faults.iter().map(fault).collect();
        json!({
            "key": field.key, "name": field.name, "from": field.bits.start, "to": field.bits.end,
            "value": field.value, "says": field.says, "clause": field.clause, "faults": faults,
            "drawn": field.drawn(piece.bytes),
        })
    };
    json!({
        "at": piece.at, "length": piece.bytes.len(), "summary": piece.summary,
        "note": piece.note, "missing": piece.missing,
        "fields": piece.fields.iter().map(field).collect::<Vec<_>>(),
    })
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn every_field_is_explained_as_in_rust() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.visit(&format!("{}03-frames.html", book.home));
    page.eval(TOOLS);
    let (mut inputs, mut ours) = (Vec::new(), Vec::new());
    for (side, bytes) in Draw::new().some(CASES, stream()) {
        let pieces: Vec<Piece> = Conversation::new(&bytes, Some(side)).collect();
        // `GET ` and `HTTP/` begin a head for `dissect`, and for the page a bad frame.
        if pieces.iter().all(|piece| piece.kind == Kind::Frame) {
            inputs.push(json!({"from": named(side), "bytes": hex(&bytes)}));
            ours.push(pieces.iter().map(explained).collect());
        }
    }
    let theirs = each(
        &mut page,
        "({from, bytes}) => [...sp.fields.frames(unhex(bytes), from)].map((frame) => ({
            at: frame.at, length: frame.bytes.length, summary: frame.summary,
            note: frame.note, missing: frame.missing,
            fields: frame.fields.map((field) => ({...field, drawn: sp.fields.drawn(field, frame.bytes)})),
        }))",
        &inputs,
    );
    assert_same(&inputs, &ours, &theirs);
    // Each bit belongs to one field, in both.
    for pieces in &theirs {
        for piece in pieces.as_array().expect("a list") {
            let mut at = 0;
            for field in piece["fields"].as_array().expect("a list") {
                assert_eq!(field["from"], at, "{piece}");
                at = field["to"].as_u64().expect("a number");
            }
            let length = piece["length"].as_u64().expect("a number");
            assert!(at == length * 8 || length == 1 && at == 8, "{piece}");
        }
    }
    println!("{} streams explained", inputs.len());
}

// --- the frame workbench, as a reader meets it ---

/// What stands below the form.
const SHOWN: &str = "['.sp-pieces', '.sp-heard'].map(
    (part) => document.querySelector(`.sp-frames ${part}`).innerHTML.replace(/ href=\"[^\"]*\"| class=\"hljs\"|\\n/g, '')).join('')";
/// What the decoder says.
const HEARD: &str = ".sp-frames .sp-heard ol";

fn field(name: &str) -> String {
    format!(".sp-frames [name={name}]")
}

fn value(page: &mut Page, name: &str) -> String {
    let value = page.eval(&format!("document.querySelector('{}').value", field(name)));
    value.as_str().expect("a value").to_owned()
}

/// Puts it in place of what the field holds, as typing would.
fn typed(page: &mut Page, name: &str, text: &str) {
    page.eval(&format!(
        "document.querySelector('{}').focus()",
        field(name)
    ));
    page.fill(text);
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_message_becomes_bytes_and_bytes_become_fields() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.visit(&format!("{}03-frames.html", book.home));
    let printed = page.eval(SHOWN);
    assert_eq!(page.text(HEARD), "text \"Hello\"");

    // Typed again, what the page was printed with is the same, to the last tag.
    typed(&mut page, "payload", "hello");
    assert_ne!(page.eval(SHOWN), printed);
    assert_eq!(
        value(&mut page, "bytes"),
        "81 85 37 fa 21 3d 5f 9f 4d 51 58"
    );
    typed(&mut page, "payload", "Hello");
    assert_eq!(page.eval(SHOWN), printed);

    // Two frames: the second has a key of its own.
    page.eval("document.querySelector('.sp-frames [name=fragments]').focus()");
    page.press("ArrowDown");
    page.until("document.querySelectorAll('.sp-frames .sp-pieces > li').length === 2");
    let bytes = value(&mut page, "bytes");
    assert!(
        bytes.starts_with("01 83 37 fa 21 3d 7f 9f 4d 80 82 "),
        "{bytes}"
    );
    assert_eq!(page.text(HEARD), "text \"Hello\"");

    // What nobody may send is not encoded: the bytes stay.
    page.eval("document.querySelector('.sp-frames [name=fragments]').value = '1'");
    typed(&mut page, "bytes", "89 02 68 69");
    assert_eq!(
        value(&mut page, "payload"),
        "hi",
        "the form follows the bytes"
    );
    assert!(
        page.text(HEARD).starts_with("fail 1002"),
        "from a client, unmasked"
    );
    typed(&mut page, "payload", &"x".repeat(126));
    let wrong = page.text(".sp-frames .sp-wrong-input");
    assert_eq!(wrong, "a control frame exceeds 125 bytes (RFC 6455 §5.5)");
    assert_eq!(value(&mut page, "bytes"), "89 02 68 69");

    // Bytes in any form; a frame that is cut says so.
    typed(&mut page, "bytes", "0x81, 0x85,\n\\x37\\xfa\\x21\\x3d 7f9f");
    assert_eq!(
        page.text(".sp-frames .sp-missing"),
        "3 of 5 payload bytes are missing"
    );
    assert_eq!(page.text(HEARD), "no message yet");
    typed(&mut page, "bytes", "81 8");
    assert!(
        page.text(".sp-frames .sp-wrong-input")
            .contains("odd number")
    );
    typed(&mut page, "bytes", "81 8g");
    assert!(
        page.text(".sp-frames .sp-wrong-input")
            .contains("“g” is not hex")
    );
    assert_none(&page.complaints(&book.home));
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_bad_frame_says_which_rule_it_breaks() {
    let Some((book, mut page, tools)) = reader() else {
        return;
    };
    // Opened by its link.
    let link = "#frame=c10548656c6c6f8100&from=server";
    page.visit(&format!("{}03-frames.html{link}", book.home));
    let fault = page.text(".sp-frames .sp-fault");
    assert_eq!(
        fault,
        "RSV1 set for no extension, so: close 1002 RFC 6455 §5.2"
    );
    assert_eq!(
        page.text(HEARD),
        "fail 1002 a reserved bit is set RFC 6455 §5.2"
    );
    assert!(page.text(".sp-frames .sp-rest").contains("2 bytes left"));
    let again = "document.querySelector('.sp-frames .sp-link').getAttribute('href')";
    assert_eq!(page.eval(again), link);

    // Every example is what its name says, by the decoder and by the fields alike.
    page.click(".sp-frames .sp-examples summary");
    let count = page.eval("document.querySelectorAll('.sp-frames [data-bytes]').length");
    let mut said = Vec::new();
    for nth in 1..=count.as_u64().expect("a number") {
        page.click(&format!(".sp-frames [data-bytes]:nth-child({nth})"));
        let name = page.text(&format!(".sp-frames [data-bytes]:nth-child({nth})"));
        let faults = page.eval("document.querySelectorAll('.sp-frames .sp-fault').length");
        said.push(format!(
            "{name}: {} ({faults})",
            page.text(HEARD).replace('\n', "; ")
        ));
    }
    insta::assert_snapshot!("examples", said.join("\n"));

    for theme in ["light", "dark"] {
        for (width, height) in super::SIZES {
            page.resize(width, height);
            page.prefer(theme);
            page.visit("about:blank");
            page.visit(&format!("{}03-frames.html{link}", book.home));
            assert_eq!(page.text(".sp-frames .sp-fault"), fault);
            assert_none(&violations(&mut page, ".sp-frames", &tools));
            assert_eq!(page.eval(super::TOO_WIDE), json!([]));
        }
    }
    assert_none(&page.complaints(&book.home));
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn a_keyboard_is_enough_for_the_workbench() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.visit(&format!("{}03-frames.html", book.home));
    page.eval("document.querySelector('.sp-frames [name=from]').focus()");
    let focused = "document.activeElement.name || document.activeElement.localName";
    let mut met = Vec::new();
    while met.len() < 20
        && page.eval("document.activeElement.closest('.sp-frames') !== null") == true
    {
        met.push(page.eval(focused).as_str().expect("a name").to_owned());
        if met.last().is_some_and(|name| name == "masked") {
            page.press(" ");
        }
        page.press("Tab");
    }
    // The key is asked for only where there is a mask.
    let expected = [
        "from",
        "opcode",
        "payload",
        "fragments",
        "fin",
        "masked",
        "bytes",
        "summary",
        "a",
    ];
    assert_eq!(met, expected);
    assert_eq!(value(&mut page, "bytes"), "81 05 48 65 6c 6c 6f");
    assert!(
        page.text(HEARD)
            .starts_with("fail 1002 a client's frame is not masked")
    );
}

#[test]
#[ignore = "needs Chromium and axe-core: .ci/run runs them"]
fn without_scripts_the_workbench_is_an_example() {
    let Some((book, mut page, _)) = reader() else {
        return;
    };
    page.scripts(false);
    page.visit(&format!("{}03-frames.html", book.home));
    let text = page.text(".sp-frames");
    for expected in [
        "text \"Hello\" masked",
        "masking key",
        "RFC 6455 §5.3",
        "text \"Hello\"",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    for unusable in [".sp-button", ".sp-examples", ".sp-link"] {
        let seen = format!("document.querySelector('.sp-frames {unusable}').checkVisibility()");
        assert_eq!(page.eval(&seen), false, "{unusable}");
    }
    let free = page.eval("document.querySelectorAll('.sp-frames fieldset:not(:disabled)').length");
    assert_eq!(free, 0);
}
