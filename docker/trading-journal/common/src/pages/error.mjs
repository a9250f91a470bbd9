import { html } from 'hono/html';
import { layout } from './layout.mjs';

export const errorPage = (title, text) =>
  layout({ title }, html`<p>${text}</p><p><a href="/dashboard">Retour au tableau de bord</a></p>`);
