const words = { LONG: 'Achat', SHORT: 'Vente', UNKNOWN: 'Non précisé' };

/** As users call it; a CSV keeps the stored word. */
export const direction = (stored) => words[stored];
