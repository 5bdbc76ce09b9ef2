// The seed leaves the home page empty and the shop without a menu, so that nothing could be reached by links:
// this adds what an owner would click together in the admin.
import 'dotenv/config';
process.env.NODE_ENV = 'production';
process.env.ALLOW_CONFIG_MUTATIONS = 'true';
const service = new URL('./node_modules/@evershop/evershop/dist/modules/cms/services/widget/createWidget.js', import.meta.url);
const { default: createWidget } = await import(service);
const item = (name, url) => ({ id: name.toLowerCase(), uuid: name.toLowerCase(), name, type: 'custom', url, children: [] });
await createWidget({
  status: 1, name: 'Main menu', type: 'basic_menu',
  placements: [{ route: 'all', area: 'headerMiddleLeft', sort_order: 1 }],
  settings: {
    isMain: true, className: '',
    menus: [item('Accessories', '/accessories'), item('Men', '/men'), item('Women', '/women'),
      item('Blog', '/blog'), item('About', '/about-us')],
  },
});
await createWidget({
  status: 1, name: 'Featured products', type: 'collection_products',
  placements: [{ route: 'homepage', area: 'content', sort_order: 10 }],
  settings: { collection: 'homepage', count: 4, countPerRow: 4, heading: 'Featured products' },
});
process.exit(0);
