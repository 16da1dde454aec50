// The look of a page: dark, dense, without scripts.

export const CSS = `
:root{color-scheme:dark}*{box-sizing:border-box}body{margin:0;background:#111217;color:#ccccdc;font:13px/1.45 system-ui,sans-serif}
a{color:#6e9fff;text-decoration:none}a:hover{text-decoration:underline}
header{padding:10px 14px;border-bottom:1px solid #2c3235}h1{font-size:18px;margin:0}header p{margin:2px 0;color:#9fa7b3}
header p a,header p em{margin-right:14px;font-style:normal;white-space:nowrap}
.grid{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));grid-auto-rows:34px;gap:6px;padding:8px 14px}
.panel{position:relative;background:#181b1f;border:1px solid #2c3235;border-radius:3px;padding:5px 8px;overflow:hidden;display:flex;flex-direction:column;min-width:0}
.panel h2{font-size:13px;line-height:18px;font-weight:600;margin:0}
.panel h2,.about summary,.links,td,th,li,.lane span,.stat span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.about{font-size:11px;line-height:15px;color:#9fa7b3}.about summary{cursor:pointer;list-style:none}
.about[open]{position:absolute;z-index:2;inset:23px 0 0;padding:0 8px;overflow:auto;background:#22252b;color:#ccccdc}
.about[open] summary{white-space:normal}.about[open] a{display:block}
.links{flex:none;font-size:11px;line-height:15px}.links a{margin-right:10px}
.body{flex:1;min-height:0;overflow:auto;margin-top:2px}
.empty{display:flex;align-items:center;justify-content:center;color:#9fa7b3;font-size:15px;height:100%;text-align:center}
.empty{overflow-wrap:anywhere}
.stats{display:flex;gap:4px;height:100%}.stat{flex:1;min-width:0;display:flex;flex-direction:column;align-items:center;justify-content:center;border-radius:2px;text-align:center}
.stat span{max-width:100%;font-size:11px}.stat b{font-size:26px;line-height:1.15;font-weight:600;color:#fff}.stat b.long{font-size:17px}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:2px 8px;border-bottom:1px solid #2c3235;max-width:280px}
th{color:#6e9fff;position:sticky;top:0;background:#181b1f}
.chart{display:flex;flex-direction:column;height:100%}.chart svg{flex:1;min-height:0;width:100%}
ul{flex:none;list-style:none;margin:0;padding:0;max-height:34px;overflow:auto;display:flex;flex-wrap:wrap;gap:0 14px;font-size:11px;line-height:17px}li{max-width:48%}
i{display:inline-block;width:10px;height:3px;margin-right:4px;vertical-align:middle}i.dashed{height:0;border-top:2px dashed;background:none}
.lanes{display:flex;flex-direction:column;min-height:100%}.lane{display:flex;align-items:center;gap:6px;flex:1 0 18px;max-height:34px}
.lane span{width:190px;flex:none;text-align:right;font-size:12px}.lane div{position:relative;flex:1;height:calc(100% - 4px);background:#22252b}
.lane u,.lane s,.lane em{position:absolute;top:0;bottom:0;text-decoration:none}.lane s{width:0;border-left:1px dashed}
.lane.names,.lane.times{flex:none;height:15px;font-size:10px;color:#9fa7b3}.names div,.times div{background:none}.lane em{font-style:normal;line-height:15px;padding-left:2px;white-space:nowrap}
.row{padding:0 14px}.row>summary{cursor:pointer;font-size:14px;padding:6px 0;border-top:1px solid #2c3235}.row .grid{padding:4px 0}
pre{white-space:pre-wrap;margin:0}footer{padding:8px 14px;color:#9fa7b3}`;
