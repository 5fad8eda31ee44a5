//! `workbook grade`: intake, marks, and a class that means harm.

#![cfg(target_os = "linux")]

mod classes;
mod hello;
mod hostile;
mod interrupted;
mod layouts;
mod marks;
mod sandbox;
mod sixty;
mod submit;

#[path = "../support/mod.rs"]
mod support;
