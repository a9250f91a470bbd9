/**
 * What own step types import, as `@runbook-engine/runbook/step`: the contract, the clients that `connect` gives, and
 * the zod that their schemas are made with. It is the same code as the engine's: an error thrown here is known there.
 */
export * as z from 'zod';
export * from '../engine/step.ts';
export * from '../engine/target.ts';
export type { MysqlClient } from './_targets/mysql/client.ts';
export type { PostgresClient } from './_targets/postgres/client.ts';
export type { SmtpClient } from './_targets/smtp/client.ts';
export type { SupabaseTarget } from './_targets/supabase/client.ts';
export type { Shell } from './_work/shell.ts';
