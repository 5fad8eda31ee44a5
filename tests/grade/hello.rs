//! Submissions of the small workbook's one exercise: 10 points for the first
//! step, 2 for its strict proof, 10 for the second step.

pub const LIB: &str = "exercises/00-hello/src/lib.rs";

const HELLO: &str = "format!(\"hello {name}\")";
const BYE: &str = "format!(\"bye {name}, and come again\")";

fn program(hello: &str, bye: &str) -> String {
    format!(
        "pub fn hello(name: &str) -> String {{\n    {hello}\n}}\n\
         pub fn bye(name: &str) -> String {{\n    {bye}\n}}\n"
    )
}

/// 22 points.
pub fn right() -> String {
    program(HELLO, BYE)
}

/// 12 points.
pub fn without_step_2() -> String {
    program(HELLO, "todo!(\"step 2: {name}\")")
}

/// 10 points.
pub fn without_step_1() -> String {
    program("todo!(\"step 1: {name}\")", BYE)
}

/// 20 points.
pub fn not_strict() -> String {
    program(
        "format!(\"hello {}\", name.split(' ').next().unwrap_or(name))",
        BYE,
    )
}

/// 10 points.
pub fn wrong_word() -> String {
    program("format!(\"hullo {name}\")", BYE)
}

/// No points: it does not compile.
pub fn broken() -> String {
    program("format!(\"hello {nom}\")", BYE)
}
