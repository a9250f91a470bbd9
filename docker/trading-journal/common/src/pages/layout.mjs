import { html } from 'hono/html';
import { release } from '../environment.mjs';

const navigation = (user) => html`<nav>
  <a href="/dashboard">Tableau de bord</a> <a href="/trades">Trades</a> <a href="/import">Import</a>
  <a href="/journal">Carnet</a>
</nav>
<form method="post" action="/logout"><span data-user>${user.email}</span> <button class="quiet">Se déconnecter</button></form>`;

/** Every page. `html` escapes what is put into it. The icon is a file: the policy of the pages takes no data URL. */
export const layout = ({ title, user, head }, body) => html`<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="release" content="${release.version}">
<title>${title} · Trading Journal</title>
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/style.css">
${head ?? ''}
</head>
<body>
<header><b>Trading Journal</b> ${user ? navigation(user) : ''}</header>
<main class="${user ? '' : 'narrow'}">
<h1>${title}</h1>
${body}
</main>
<footer>Trading Journal ${release.version} (${release.commit.slice(0, 7)})</footer>
</body>
</html>
`;

export const problemLine = (problem) => (problem ? html`<p class="wrong" role="alert">${problem}</p>` : '');
