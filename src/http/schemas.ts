// Schemas of routes are compiled with the first request that needs them: the compilers are a hundred modules, and the first scrape
// after a restart shall not wait for them. Fastify takes them for compilers of ours: schemas of headers, which it would lower-case, are none here.
import { createRequire } from 'node:module';
import { once } from './once.ts';

type Compiled = ((data: unknown) => unknown) & { errors?: unknown };
type Compile = (route: unknown) => Compiled;
type Factory = (schemas: unknown, options: unknown) => Compile;

const require = createRequire(import.meta.url);

const lazily =
  (load: () => () => Factory): Factory =>
  (schemas, options) => {
    const compile = once(() => load()()(schemas, options));
    return (route) => {
      const inner = once(() => compile()(route));
      const outer: Compiled = (data) => {
        const result = inner()(data);
        outer.errors = inner().errors;
        return result;
      };
      return outer;
    };
  };

/** Fastify's own compilers, later. */
export const schemaController = {
  compilersFactory: {
    buildValidator: lazily(() => require('@fastify/ajv-compiler')),
    buildSerializer: lazily(() => require('@fastify/fast-json-stringify-compiler')),
  },
};
