// What a browser does of its own accord: cookies, the origin of a form, no surprise about redirects.

/** `get` and `post` answer `{ status, location, text }`; nothing is followed. */
export const openBrowser = (baseUrl, { token, timeoutMs }) => {
  const { origin } = new URL(baseUrl);
  const jar = new Map();

  const keep = (response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (/;\s*max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, pair);
    }
  };

  const ask = async (path, init = {}) => {
    const response = await fetch(new URL(path, origin), {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...init,
      headers: {
        cookie: [...jar.values()].join('; '),
        ...(token && { 'x-smoke-token': token }),
        ...init.headers,
      },
    });
    keep(response);
    const location = response.headers.get('location');
    return {
      status: response.status,
      location: location && new URL(location, origin).pathname,
      text: await response.text(),
    };
  };

  return {
    get: (path) => ask(path),
    post: (path, body = new URLSearchParams()) =>
      ask(path, { method: 'POST', body, headers: { origin, 'sec-fetch-site': 'same-origin' } }),
  };
};
