// The migrations, which otherwise run only when the shop starts.
import 'dotenv/config';
process.env.NODE_ENV = 'production';
process.env.ALLOW_CONFIG_MUTATIONS = 'true';
const bin = new URL('./node_modules/@evershop/evershop/dist/bin/lib/', import.meta.url);
const { getCoreModules } = await import(new URL('loadModules.js', bin));
const { migrate } = await import(new URL('bootstrap/migrate.js', bin));
await migrate(getCoreModules());
process.exit(0);
