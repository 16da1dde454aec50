// The version, and the oldest Node that will do, from package.json.
import manifest from '../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
/** Calendar periods need Temporal, which Node has from 26 on. */
export const OLDEST_NODE = Number(manifest.engines.node.replace('>=', ''));
