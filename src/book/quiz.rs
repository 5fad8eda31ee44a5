//! A chapter's questions: read from `book/quiz`, shown as a form that reads
//! without a script.

use std::fmt::Write as _;

use serde::Deserialize;
use toml::Spanned;

use super::fault::line_of;
use super::html::{escape, inline, markdown};

/// The questions of one chapter.
pub struct Quiz {
    /// The chapter: `02-handshake`.
    pub chapter: String,
    /// Its questions, in the order of the file.
    pub questions: Vec<Question>,
}

/// One question.
pub struct Question {
    /// What a page calls it by.
    pub id: String,
    /// Where it stands in its file.
    pub line: usize,
    prompt: String,
    several: bool,
    options: Vec<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    text: String,
    #[serde(default)]
    correct: bool,
    why: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    question: Vec<RawQuestion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuestion {
    id: Spanned<String>,
    prompt: String,
    #[serde(default)]
    several: bool,
    #[serde(default)]
    option: Vec<Choice>,
}

impl Quiz {
    /// Reads a file. What is wrong goes to `fault`, with its line; a question
    /// is kept all the same, so that a page which asks it is not blamed too.
    pub fn read(chapter: &str, text: &str, mut fault: impl FnMut(usize, String)) -> Quiz {
        let raw: Raw = toml::from_str(text).unwrap_or_else(|error| {
            let at = error.span().map_or(0, |span| span.start);
            fault(line_of(text, at), error.message().to_owned());
            Raw {
                question: Vec::new(),
            }
        });
        let mut questions: Vec<Question> = Vec::new();
        for raw in raw.question {
            let question = Question {
                line: line_of(text, raw.id.span().start),
                id: raw.id.into_inner(),
                prompt: raw.prompt,
                several: raw.several,
                options: raw.option,
            };
            for message in question.faults() {
                fault(question.line, message);
            }
            match questions.iter().any(|other| other.id == question.id) {
                true => fault(
                    question.line,
                    format!("question `{}` stands here twice", question.id),
                ),
                false => questions.push(question),
            }
        }
        Quiz {
            chapter: chapter.to_owned(),
            questions,
        }
    }

    /// The form that asks these questions.
    pub fn html(&self, asked: &[&Question]) -> String {
        let questions: String = asked.iter().map(|q| q.html(&self.chapter)).collect();
        format!("<form class=\"sp-quiz\">{questions}</form>")
    }
}

impl Question {
    fn faults(&self) -> Vec<String> {
        let id = &self.id;
        let right = self.options.iter().filter(|option| option.correct).count();
        let mut faults = Vec::new();
        match right {
            0 => faults.push(format!("question `{id}` has no right option")),
            2.. if !self.several => faults.push(format!(
                "question `{id}` has {right} right options; `several = true` would allow it"
            )),
            _ => {}
        }
        for option in &self.options {
            let silent = option.why.as_ref().is_none_or(|why| why.trim().is_empty());
            if !option.correct && silent {
                faults.push(format!(
                    "question `{id}`: the wrong option \"{}\" has no `why`",
                    option.text
                ));
            }
        }
        faults
    }

    fn html(&self, chapter: &str) -> String {
        let (kind, several) = match self.several {
            true => ("checkbox", " data-several"),
            false => ("radio", ""),
        };
        let id = escape(&self.id);
        let mut options = String::new();
        let mut answers = String::new();
        for (nth, option) in self.options.iter().enumerate() {
            let text = inline(&option.text);
            let (right, class, verdict) = match option.correct {
                true => (" data-right", "sp-right", "Right:"),
                false => ("", "sp-wrong", "Wrong:"),
            };
            let why = option.why.as_deref().map_or(String::new(), |why| {
                format!(" <span class=\"sp-why\">{}</span>", inline(why))
            });
            let _ = write!(
                options,
                "<label class=\"sp-option\"{right}><input type=\"{kind}\" \
                 name=\"q-{chapter}-{id}\" value=\"{nth}\"><span>{text}</span></label>"
            );
            let _ = write!(
                answers,
                "<li class=\"{class}\"><b>{verdict}</b> <span>{text}</span>{why}</li>"
            );
        }
        format!(
            "<fieldset class=\"sp-question\" data-question=\"{chapter}/{id}\"{several}>\
             <legend>Question</legend><div class=\"sp-prompt\">{}</div>{options}\
             <details class=\"sp-answer\"><summary>Answer</summary><ul>{answers}</ul></details>\
             </fieldset>",
            markdown(&self.prompt)
        )
    }
}
