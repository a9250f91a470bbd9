// Auth's redirect puts its tokens into the fragment, which never reaches the server: they go into the form.
const brought = new URLSearchParams(location.hash.slice(1));
// Neither the history nor a copied address keeps them.
history.replaceState(null, '', location.pathname);

const form = document.getElementById('new-password');
if (brought.get('access_token') && brought.get('refresh_token')) {
  for (const name of ['access_token', 'refresh_token']) form.elements[name].value = brought.get(name);
  form.hidden = false;
  form.elements.password.focus();
} else {
  const section = document.getElementById('no-link');
  const { title } = section.dataset;
  const heading = document.querySelector('h1');
  document.title = document.title.replace(heading.textContent, title);
  heading.textContent = title;
  section.hidden = false;
}
