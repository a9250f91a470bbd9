const page = (title, release, body) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="release" content="${release.version}">
<title>${title}</title>
${body}
<footer>Trading Journal ${release.version} (${release.commit.slice(0, 7)})</footer>
</html>
`;

export const homePage = (release, origin) =>
  page(
    'Trading Journal',
    release,
    `<h1>Trading Journal, now with playbooks</h1>\n<p><a href="${origin}/login">Log in</a></p>`,
  );

export const loginPage = (release) =>
  page(
    'Log in',
    release,
    '<form method="post"><input name="email" type="email"><input name="password" type="password"></form>',
  );
