import { html } from 'hono/html';
import { layout, problemLine } from './layout.mjs';

export const loginPage = ({ email = '', problem }) =>
  layout(
    { title: 'Connexion' },
    html`${problemLine(problem)}
<form method="post" action="/login">
  <label>Adresse e-mail <input name="email" type="email" autocomplete="username" required value="${email}"></label>
  <label>Mot de passe <input name="password" type="password" autocomplete="current-password" required></label>
  <button>Se connecter</button>
</form>
<p><a href="/forgot-password">Mot de passe oublié&nbsp;?</a></p>`,
  );
