import nodemailer from 'nodemailer';

/** Rejects when it could not be handed over. Nothing is sent where no server is configured. */
export const sendMail = async (message) => {
  const { SMTP_HOST, SMTP_PORT, SMTP_SECURE, SMTP_USER, SMTP_PASS, SMTP_FROM } = process.env;
  if (!SMTP_HOST) return;
  const transport = nodemailer.createTransport({
    host: SMTP_HOST,
    port: Number(SMTP_PORT),
    secure: SMTP_SECURE === 'true',
    ...(SMTP_USER && { auth: { user: SMTP_USER, pass: SMTP_PASS } }),
  });
  await transport.sendMail({ from: SMTP_FROM, ...message });
};
