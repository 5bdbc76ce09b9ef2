//! Who calls: the holder of a key or of a session. That it was used is written down beside the request, which does not wait for
//! it, and by one writer however many requests come at once.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use creel_store::{
    Store, StoreError,
    access::{keys::KeyHolder, sessions::SessionHolder},
};

use creel_types::OrganizationId;

use crate::{
    Access,
    csrf::{csrf_matches, csrf_token},
    pictures::{picture_signature, picture_signature_matches},
};

/// A session. It is never printed: it holds its token.
#[derive(Clone)]
pub struct Session {
    pub holder: SessionHolder,
    token: String,
}

impl Session {
    /// What the session's cookie carries.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// What its forms and the requests of its scripts carry.
    #[must_use]
    pub fn csrf_token(&self) -> String {
        csrf_token(&self.token)
    }

    /// Whether a form or a request came from a page of this session.
    #[must_use]
    pub fn csrf_matches(&self, given: &str) -> bool {
        csrf_matches(&self.token, given)
    }

    /// What the forms of pages about one organization carry: a form must not change another one because somebody switched in
    /// another tab meanwhile.
    #[must_use]
    pub fn form_token(&self, organization: OrganizationId) -> String {
        format!("{}.{organization}", self.csrf_token())
    }

    /// What the address of a shop's picture carries on this session's pages.
    #[must_use]
    pub fn picture_signature(&self, width: u32, address: &str) -> String {
        picture_signature(&self.token, width, address)
    }

    /// Whether a page of this session named that picture in that width.
    #[must_use]
    pub fn picture_signature_matches(&self, width: u32, address: &str, given: &str) -> bool {
        picture_signature_matches(&self.token, width, address, given)
    }

    /// For which organization's pages a form was made; nothing where no page of this session made it.
    #[must_use]
    pub fn organization_of_form(&self, given: &str) -> Option<OrganizationId> {
        let (csrf, organization) = given.split_once('.')?;
        self.csrf_matches(csrf).then(|| organization.parse().ok()).flatten()
    }
}

/// Put into a request of the API that one of our own pages makes in the same process, for whoever looks at the page. It cannot come
/// over the network.
#[derive(Clone)]
pub struct OwnPage(pub Session);

impl Access {
    /// The key with this secret, where it is good.
    pub async fn api_key(&self, secret: &str) -> Result<Option<KeyHolder>, StoreError> {
        let holder = self.store().find_api_key(secret).await?;
        if let Some(holder) = &holder
            && !self.store().api_key_use_is_noted(holder)
        {
            let used = holder.clone();
            self.0.notes.note(self.store(), holder.key.to_string(), move |store| async move {
                store.note_api_key_used(&used).await
            });
        }
        Ok(holder)
    }

    /// The session with this token, where it goes on.
    pub async fn session(&self, token: &str) -> Result<Option<Session>, StoreError> {
        let Some(holder) = self.store().find_session(token).await? else { return Ok(None) };
        if !self.store().session_use_is_noted(&holder) {
            let seen = holder.clone();
            let id = holder.session.to_string();
            self.0.notes.note(self.store(), id, move |store| async move { store.note_session_seen(&seen).await });
        }
        Ok(Some(Session { holder, token: token.to_owned() }))
    }
}

/// Keys and sessions whose use is being written down at this moment. Without it, every request of a busy key would queue a
/// write of its own until the first of them is through.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<HashSet<String>>>);

impl Notes {
    fn note<F, W>(&self, store: &Store, id: String, write: F)
    where
        F: FnOnce(Store) -> W + Send + 'static,
        W: Future<Output = Result<(), StoreError>> + Send,
    {
        if !self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone()) {
            return;
        }
        let (notes, store) = (self.clone(), store.clone());
        tokio::spawn(async move {
            if let Err(error) = write(store).await {
                tracing::warn!(%error, id, "that a key or a session was used could not be written down");
            }
            notes.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        });
    }
}
