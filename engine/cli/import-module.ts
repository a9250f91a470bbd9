/**
 * Runs the code of a step type. Whichever copy of the package it would find, it gets the contract of this engine: an
 * error thrown there is known here, and the package need not be installed beside the runbook.
 */
import module from 'node:module';
import { pathToFileURL } from 'node:url';

let hooked = false;

/** @param name of this package */
export const importModule = async (path: string, name: string, contract: URL): Promise<unknown> => {
  // Node 22.15 and newer; before, the package has to be installed where the module is.
  if (!hooked && typeof module.registerHooks === 'function') {
    hooked = true;
    module.registerHooks({
      resolve: (specifier, context, next) =>
        specifier === `${name}/step` ? { url: contract.href, shortCircuit: true } : next(specifier, context),
    });
  }
  return import(pathToFileURL(path).href);
};
