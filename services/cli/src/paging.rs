//! Lists that come in pages, put together as if they came in one.

use serde_json::{Value, json};

use crate::error::Error;

/// The most pages of one list: what goes on longer is no list but a mistake.
const MAX_PAGES: usize = 10_000;

/// Reads page after page and gives the last reply, with the members of all in it.
///
/// `page` gets the marker of the page before. A reply says where to go on in `next_marker`, at the top or in `page_info`.
pub(crate) fn all(
    members: &[&str],
    mut page: impl FnMut(Option<&str>) -> Result<Value, Error>,
) -> Result<Value, Error> {
    let mut found: Vec<Vec<Value>> = vec![Vec::new(); members.len()];
    let mut marker: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let mut reply = page(marker.as_deref())?;
        for (list, member) in found.iter_mut().zip(members) {
            if let Some(items) = reply[member].as_array_mut() {
                list.append(items);
            }
        }
        let next = next_marker(&reply).filter(|next| marker.as_ref() != Some(next));
        if next.is_none() {
            for (list, member) in found.into_iter().zip(members) {
                if reply.get_mut("page_info").is_some() {
                    reply["page_info"]["current_count"] = json!(list.len());
                }
                reply[member] = Value::Array(list);
            }
            return Ok(reply);
        }
        marker = next;
    }
    Err(Error::usage("the list has no end; narrow it"))
}

fn next_marker(reply: &Value) -> Option<String> {
    let marker = reply
        .get("next_marker")
        .or_else(|| reply.pointer("/page_info/next_marker"))?;
    let text = marker.as_str().filter(|text| !text.is_empty())?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_put_together() {
        let pages = [
            json!({"keys": [1, 2], "next_marker": "2", "truncated": "true"}),
            json!({"keys": [3], "next_marker": "", "truncated": "false"}),
        ];
        let mut asked = Vec::new();
        let reply = all(&["keys"], |marker| {
            asked.push(marker.map(str::to_owned));
            Ok(pages[asked.len() - 1].clone())
        });
        let expected = json!({"keys": [1, 2, 3], "next_marker": "", "truncated": "false"});
        assert_eq!(reply.unwrap(), expected);
        assert_eq!(asked, [None, Some("2".to_owned())]);
    }

    #[test]
    fn a_marker_that_does_not_move_ends_the_list() {
        let page = json!({"aliases": [1], "page_info": {"next_marker": "x", "current_count": 1}});
        let reply = all(&["aliases"], |_| Ok(page.clone())).unwrap();
        assert_eq!(reply["aliases"], json!([1, 1]));
        assert_eq!(reply["page_info"]["current_count"], 2);
    }
}
