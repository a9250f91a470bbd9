/** A client outside: writes orders to every section all the time, on whichever site takes them. */
import { setTimeout as sleep } from 'node:timers/promises';
import mysql, { type Connection } from 'mysql2/promise';
import { onTestFinished } from 'vitest';
import { askSection, type Section, type Site, type SitesInfo, sites } from '../../../docker/sites/lab.ts';

export interface Written {
  readonly section: string;
  /** What the server has confirmed, in order. */
  readonly notes: readonly string[];
  /** The longest time between two confirmed orders. */
  readonly longestGapMs: number;
  readonly lastSite: Site;
}

export interface Shop {
  /** Resolves once each section has taken an order from now on. */
  served(): Promise<void>;
  /** Ends the client. */
  close(): Promise<readonly Written[]>;
}

const refusedReadOnly = 1290;
const pauseMs = 10;

const customer = (info: SitesInfo, section: Section, batch: string) => {
  let open = true;
  let confirmed: () => void = () => {};
  const notes: string[] = [];
  let longestGapMs = 0;
  let lastSite: Site = 'east';
  const order = async (connections: Readonly<Record<Site, Connection>>, note: string): Promise<void> => {
    const other: Site = lastSite === 'east' ? 'west' : 'east';
    for (const site of [lastSite, other])
      try {
        await connections[site].query('INSERT INTO orders (note) VALUES (?)', [note]);
        lastSite = site;
        notes.push(note);
        return confirmed();
      } catch (error) {
        if ((error as { errno?: number }).errno !== refusedReadOnly) throw error;
      }
  };
  const work = async (): Promise<void> => {
    const connect = (site: Site) =>
      mysql.createConnection({ host: '127.0.0.1', port: section.port[site], ...info.app, database: 'shop' });
    const connections = { east: await connect('east'), west: await connect('west') };
    try {
      for (let last = performance.now(), n = notes.length; open; await sleep(pauseMs)) {
        await order(connections, `${batch}-${n}`);
        if (notes.length === n) continue;
        n = notes.length;
        longestGapMs = Math.max(longestGapMs, performance.now() - last);
        last = performance.now();
      }
    } finally {
      await Promise.all(sites.map((site) => connections[site].end()));
    }
  };
  const ended = work();
  ended.catch(() => {});
  return {
    served: () =>
      Promise.race([
        ended,
        new Promise<void>((resolve) => {
          confirmed = resolve;
        }),
      ]),
    close: async (): Promise<Written> => {
      open = false;
      await ended;
      return { section: section.name, notes, longestGapMs, lastSite };
    },
  };
};

/** @param batch the beginning of each order's note, unique in the lab. */
export const openShop = (info: SitesInfo, batch: string): Shop => {
  const customers = info.sections.map((section) => customer(info, section, batch));
  onTestFinished(async () => void (await Promise.allSettled(customers.map((each) => each.close()))));
  return {
    served: async () => void (await Promise.all(customers.map((each) => each.served()))),
    close: () => Promise.all(customers.map((each) => each.close())),
  };
};

const has = async (info: SitesInfo, section: Section, site: Site, batch: string) =>
  (
    await askSection(
      info,
      section,
      site,
      `SELECT note FROM shop.orders WHERE note LIKE '${batch}-%' ORDER BY id`,
    )
  ).map(({ note }) => note);

/** Both sites of each section, once they have what the other one has. */
export const kept = async (info: SitesInfo, batch: string) =>
  Promise.all(
    info.sections.map(async (section) => {
      for (const [from, to] of [sites, sites.toReversed()] as const) {
        const [at] = await askSection(info, section, from as Site, 'SELECT @@GLOBAL.gtid_binlog_pos AS pos');
        await askSection(info, section, to as Site, `SELECT MASTER_GTID_WAIT('${at?.pos}', 20)`);
      }
      const [east, west] = await Promise.all(sites.map((site) => has(info, section, site, batch)));
      return { section: section.name, east, west };
    }),
  );
