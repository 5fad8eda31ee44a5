//! Close codes (RFC 6455 §7.4, and the registry that it set up).

/// What a code means.
pub fn says(code: u16) -> &'static str {
    match code {
        1000 => "normal closure",
        1001 => "going away",
        1002 => "protocol error",
        1003 => "a kind of data that is not accepted",
        1007 => "data that doesn't fit its type",
        1008 => "against a policy",
        1009 => "message too big",
        1010 => "the server didn't agree to an extension that the client needs",
        1011 => "the server met an unexpected condition",
        1012 => "the service restarts",
        1013 => "try again later",
        1014 => "a gateway got a bad answer",
        3000..=3999 => "registered by a library or an application",
        4000..=4999 => "private to the application",
        _ => "not to be sent",
    }
}

/// Whether a close frame may carry it. 1012 to 1014 came later, through the
/// registry.
pub fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}
