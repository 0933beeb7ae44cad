"""One complete set of facts, enough for every kind of document: an invented plant in an invented city."""

from __future__ import annotations

from typing import Any

OFFICERS = [{"name": "李明", "certificate_number": "990101001"}, {"name": "王建国", "certificate_number": "990101002"}]
OPINION = {"text": "情况属实，同意。", "name": "李明", "on": "2026-09-14"}

FACTS: dict[str, Any] = {
    "agency": {
        "name": "示范省清源市生态环境局", "short_name": "清环", "address": "示范省清源市清波路1号", "telephone": "000-12345678", "contact": "李明",
    },
    "party": {
        "kind": "company", "name": "清河水泥有限公司", "uscc": "91990101MA00000011", "address": "示范省清源市清河路88号",
        "legal_representative": "陈立", "telephone": "000-87654321",
        "description": "清河水泥有限公司，新型干法水泥生产线一条，持有排污许可证，属重点排污单位。",
    },
    "case": {
        "number": "清环立〔2026〕3号", "cause": "超过大气污染物排放标准排放大气污染物", "source": "自动监测线索", "found_on": "2026-09-08",
        "filed_on": "2026-09-12", "origin": "2026年9月8日，我局在自动监测数据研判中发现你单位窑尾排放口氮氧化物小时均值超标，遂开展调查。",
    },
    "inspected_on": "2026-09-10",
    "violation": {
        "facts": [
            {"began": "2026-09-08T02:00:00+08:00", "ended": "2026-09-08T06:00:00+08:00", "outlet": "窑尾排放口（DA001）", "factor": "氮氧化物",
             "value": "612", "limit_value": "400", "unit": "毫克/立方米", "multiple": "0.53", "limit_basis": "排污许可证", "source": "extract:1"},
            {"text": "现场检查时，你单位脱硝喷氨泵停运，生产线正常生产。", "source": "evidence:2"},
        ],
        "readings": [
            {"time": f"2026-09-08 0{h}:00", "outlet": "DA001", "factor": "氮氧化物", "value": v, "limit_value": "400", "multiple": m}
            for h, v, m in ((2, "588", "0.47"), (3, "612", "0.53"), (4, "601", "0.50"), (5, "577", "0.44"))
        ],
        "readings_caption": "超标时段小时均值（毫克/立方米，基准氧含量10%）",
    },
    "evidence": [
        {"title": "现场检查（勘察）笔录", "kind": "现场笔录", "on": "2026-09-10", "provider": "我局执法人员", "proves": "违法事实和现场情况", "source": "document:1"},
        {"title": "自动监测数据提取件", "kind": "电子数据", "on": "2026-09-10", "provider": "我局监控平台", "proves": "小时均值超过许可排放浓度", "source": "extract:1"},
        {"title": "调查询问笔录", "kind": "当事人陈述", "on": "2026-09-11", "provider": "陈立", "proves": "主体资格和违法行为经过", "source": "evidence:3"},
    ],
    "law": {
        "prohibition": ["air_law:18"], "penalty": ["air_law:99.1.2"], "correction": ["penalty_law:28.1", "air_law:99.1.2"],
        "reason": "违法行为发生于法典施行之前的，适用行为时的法律；处罚较轻的，适用较轻的规定",
    },
    "discretion": {
        "low_yuan": 100_000, "high_yuan": 1_000_000, "amount_yuan": 432_000, "benchmark": "示范省生态环境行政处罚裁量基准（演示）",
        "working": {
            "label": "罚款数额", "formula": "10万元＋（100万元－10万元）×37%", "value": "43.3万元", "citation": "", "children": [
                {"label": "超标倍数", "formula": "0.5倍以上1倍以下", "value": "20%", "citation": "air_law:99.1.2", "children": []},
                {"label": "持续时间", "formula": "4小时", "value": "10%", "citation": "", "children": []},
            ],
        },
        "circumstances": [{"text": "及时抢修并恢复达标", "citation": "penalty_law:32", "effect": "可以从轻处罚"}],
    },
    "penalty": {"fine_fen": 43_200_000},
    "notice": {"served_on": "2026-10-10", "number": "清环罚告〔2026〕3号", "hearing_offered": True},
    "statement": {"on": "2026-10-12", "text": "喷氨泵突发故障，请求从轻处罚", "adopted": False, "reason": "及时改正的情节已在裁量中考虑"},
    "correction": {
        "content": "立即修复脱硝喷氨系统，确保氮氧化物达标排放。", "due_on": "2026-09-30",
        "consequence": "逾期拒不改正的，我局将依法处理。", "reinspection": "我局将依法对改正情况进行复查。", "result": "已于2026年9月18日修复，复查达标。",
    },
    "payment": {"payee": "示范银行清源支行（户名：清源市非税收入，账号：0000 0000 0000 0001）"},
    "remedy": {"reconsideration_to": "清源市人民政府", "court": "清源市人民法院"},
    "hearing": {"is_required": True},
    "filing": {"reason": "有初步证据证明存在违法事实，依法应当给予行政处罚，属于本机关管辖，且未超过追责期限。", "limitation_until": "2028-09-08"},
    "opinions": {"handlers": OPINION, "division": {**OPINION, "name": "赵晓燕"}, "leader": {**OPINION, "name": "吴海涛"}},
    "began_at": "2026-09-10T09:10:00+08:00", "ended_at": "2026-09-10T11:40:00+08:00", "place": "示范省清源市清河路88号",
    "present": {"name": "陈立", "position": "环保负责人", "telephone": "000-87654321", "wants_recusal": False, "comment": "以上笔录我已看过，与我说的一致。"},
    "officers": OFFICERS, "recorder": "王建国", "certificates_shown": True, "rights_told": True,
    "findings": {
        "production": "该单位为新型干法水泥生产线，检查时正常生产。", "permits": "持有排污许可证，环评、验收手续齐全。",
        "treatment": "窑尾烟气经 SCR 脱硝、布袋除尘后排放；检查时喷氨泵停运。", "violation": "在线监测显示氮氧化物小时均值超过许可排放浓度。",
        "sampling": "现场拍摄照片3张，由陈立陪同。",
    },
    "conclusion": "事实清楚，证据确凿。", "proposal": "建议处以罚款，并责令改正。",
    "served": {"title": "行政处罚决定书", "number": "清环罚〔2026〕3号"},
    "service": {"way": "直接送达", "place": "清河水泥有限公司", "at": "2026-10-21T10:00:00+08:00", "by": OFFICERS, "receiver": "陈立", "relation": "环保负责人"},
    "process": "2026年9月12日立案，10月10日告知，10月20日决定。", "performance": "罚款已缴清。", "attachments": "罚没收据1份。",
    "closing": {"reason": "改正和处罚决定履行完毕"}, "decision": {"number": "清环罚〔2026〕3号", "on": "2026-10-20"},
    "signatures": {"检查人": {"name": "李明", "on": "2026-09-10"}, "被检查人": {"name": "陈立", "on": "2026-09-10"}},
    "sources": {"notice": "document:4", "statement": "document:5", "discretion": "certificate:1", "inspected_on": "document:1"},
}  # fmt: skip
