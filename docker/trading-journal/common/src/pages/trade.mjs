import { html } from 'hono/html';
import { layout, problemLine } from './layout.mjs';
import { exact, moment, usd } from './numbers.mjs';

const facts = (t) => [
  ['Compte', t.account ?? '–'],
  ['Sens', t.direction],
  ['Ouverture', moment(t.openedAt)],
  ['Clôture', moment(t.closedAt)],
  ['Prix d’entrée', exact(t.entryPrice)],
  ['Prix de sortie', exact(t.exitPrice)],
  ['Quantité', exact(t.quantity)],
  ['Résultat', usd(t.realizedPnlUsd)],
  ['Frais', usd(t.fees)],
];

const list = (title, items, show) =>
  items.length > 0
    ? html`<h2>${title}</h2><ul>${items.map((item) => html`<li>${show(item)}</li>`)}</ul>`
    : '';

const image = (s) => html`<a href="${s.path}"><img src="${s.path}" alt="Capture d’écran" width="240"></a>`;

export const tradePage = ({ user, trade, problem }) =>
  layout(
    { title: `Trade ${trade.symbol}`, user },
    html`${problemLine(problem)}
<table>${facts(trade).map(([name, value]) => html`<tr><th>${name}</th><td>${value}</td></tr>`)}</table>
<p class="note">${trade.note ?? ''}</p>
${list('Sorties partielles', trade.exits, (e) => `${moment(e.exitedAt)} : ${exact(e.quantity)} à ${exact(e.price)}`)}
${list('Étiquettes', trade.tags, (t) => t.name)}
${list('Playbook', trade.playbook, (p) => `${p.checked ? '☑' : '☐'} ${p.name} : ${p.text}`)}
${list('Captures d’écran', trade.screenshots, image)}
<form method="post" action="/trades/${trade.id}/screenshots" enctype="multipart/form-data">
  <label>Ajouter une capture <input type="file" name="file" accept="image/png,image/jpeg,image/webp" required></label>
  <button>Envoyer</button>
</form>
<form method="post" action="/trades/${trade.id}/delete"><button>Supprimer ce trade</button></form>`,
  );
