//! Searches (5.7.7 to 5.7.9).

use std::collections::VecDeque;

use proto::shape::Attribute;

use super::Within;
use crate::Error;
use crate::object::Object;
use crate::rules::Template;
use crate::standing;
use crate::tenancy::Login;

impl Within<'_> {
    /// Starts a search: what is found is fixed now, so that objects may come and go while it is read.
    ///
    /// An attribute that no object has matches nothing; it is no error to look for one.
    pub(super) fn begin_search(&mut self, template: &[Attribute<'_>]) -> Result<(), Error> {
        if self.activity.search.is_some() {
            return Err(Error::OperationActive);
        }
        let template = Template::new(template)?;
        let tenancy = &self.session.tenancy;
        // Asked once, before any set of objects is locked.
        let user = tenancy.login() == Login::User;
        let visible = |object: &Object| user || !object.private;
        let name = |object: &Object| tenancy.handle_of(object);
        let kept = tenancy.partition.find(self.core, &template, user)?;
        let mut found: VecDeque<u64> = kept
            .into_iter()
            .map(|found| tenancy.handle_of_kept(found.handle, found.private))
            .collect();
        found.extend(tenancy.objects.find(&template, visible, name));
        found.extend(standing::find(&tenancy.partition.standing, &template));
        self.activity.search = Some(found);
        Ok(())
    }

    /// Gives the next handles.
    pub(super) fn next_found(&mut self, room: usize) -> Result<Vec<u64>, Error> {
        let found = self
            .activity
            .search
            .as_mut()
            .ok_or(Error::OperationNotInitialized)?;
        let count = room.min(found.len());
        Ok(found.drain(..count).collect())
    }

    /// Ends the search.
    pub(super) fn end_search(&mut self) -> Result<(), Error> {
        self.activity
            .search
            .take()
            .map(|_| ())
            .ok_or(Error::OperationNotInitialized)
    }
}
