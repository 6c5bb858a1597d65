//! The forms of the report, made from samples: what they say, that nothing a module says gets out of its place, and that a
//! real browser shows and prints the page as it should.

mod browser;
mod chromium;
mod dump;
mod forms;
mod hostile;
mod page;
mod sample;
