const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether the address never leaves the machine it is used on. */
export const isLoopback = (host: string): boolean => loopback.test(host);
