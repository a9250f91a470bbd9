import { html } from 'hono/html';
import { layout, problemLine } from './layout.mjs';

export const askPage = ({ problem } = {}) =>
  layout(
    { title: 'Mot de passe oublié' },
    html`${problemLine(problem)}
<form method="post" action="/forgot-password">
  <label>Adresse e-mail <input name="email" type="email" autocomplete="username" required></label>
  <button>Recevoir un lien</button>
</form>`,
  );

export const askedPage = () =>
  layout(
    { title: 'Mot de passe oublié' },
    html`<p>Si cette adresse est connue, un lien vient de lui être envoyé. Il est valable une heure.</p>
<p><a href="/login">Retour à la connexion</a></p>`,
  );

export const newPasswordPage = ({ token, problem }) =>
  layout(
    { title: 'Nouveau mot de passe' },
    html`${problemLine(problem)}
<form method="post" action="/reset-password">
  <input type="hidden" name="token" value="${token}">
  <label>Nouveau mot de passe <input name="password" type="password" autocomplete="new-password" minlength="8" required></label>
  <button>Enregistrer</button>
</form>`,
  );
