//! The forms of the report, made from samples: what they say, that nothing a module says gets out of its place, and that a
//! real browser shows and prints the page as it should.

#![forbid(unsafe_code)]

#[cfg(test)]
mod browser;
#[cfg(test)]
mod chromium;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod page;
#[cfg(test)]
mod sample;
