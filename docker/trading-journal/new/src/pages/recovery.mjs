import { html, raw } from 'hono/html';
import { layout, problemLine } from './layout.mjs';

// Not a template: the bundler rewrites one that holds this end tag by means of a package that we don't ship.
const script = raw('<script src="/assets/recovery.js" defer></script>');

const forgotten = 'Mot de passe oublié';

const askForm = html`<form method="post" action="/forgot-password">
  <label>Adresse e-mail <input name="email" type="email" autocomplete="username" required></label>
  <button>Recevoir un lien</button>
</form>`;

export const askPage = ({ problem } = {}) =>
  layout({ title: forgotten }, html`${problemLine(problem)}${askForm}`);

export const askedPage = () =>
  layout(
    { title: forgotten },
    html`<p>Si cette adresse est connue, un lien vient de lui être envoyé. Il est valable 24&nbsp;heures.</p>
<p><a href="/login">Retour à la connexion</a></p>`,
  );

/**
 * Shows the form at once when the server has what it takes (`tokenHash`, tokens of a first try, a session that is
 * `ready`); else the script looks into the fragment and shows the form, or the way to another link.
 */
export const newPasswordPage = ({ tokenHash, accessToken, refreshToken, ready = false, problem }) => {
  const complete = Boolean(tokenHash || accessToken || ready);
  return layout(
    {
      title: 'Nouveau mot de passe',
      head: complete ? '' : script,
    },
    html`${problemLine(problem)}
<form id="new-password" method="post" action="/auth/recovery" ${complete ? '' : 'hidden'}>
  <input type="hidden" name="token_hash" value="${tokenHash ?? ''}">
  <input type="hidden" name="access_token" value="${accessToken ?? ''}">
  <input type="hidden" name="refresh_token" value="${refreshToken ?? ''}">
  <label>Nouveau mot de passe <input name="password" type="password" autocomplete="new-password" minlength="8" required></label>
  <button>Enregistrer</button>
</form>
<section id="no-link" data-title="${forgotten}" hidden>
  <p class="wrong" role="alert">Ce lien a expiré ou a déjà servi. Demandez-en un nouveau.</p>
  ${askForm}
</section>
${complete ? '' : html`<noscript><p class="wrong">Activez JavaScript pour ouvrir ce lien.</p></noscript>`}`,
  );
};
