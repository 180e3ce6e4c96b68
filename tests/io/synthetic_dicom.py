"""DICOM files made for tests: nobody's, of known content and place."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

CT = "1.2.840.10008.5.1.4.1.1.2"
CR = "1.2.840.10008.5.1.4.1.1.1"
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"
MULTIFRAME_US = "1.2.840.10008.5.1.4.1.1.3.1"
_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def oblique_affine(spacing: Sequence[float] = (0.7, 1.1, 2.5), origin: Sequence[float] = (-31.0, 17.0, 5.0)) -> NDArray[np.float64]:
    """A RAS affine turned about all three axes."""
    a, b, c = 0.3, -0.2, 0.45
    rx = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    ry = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    # DICOM's slices grow along the normal of (x, y): keep the turn right-handed in LPS
    matrix = np.eye(4)
    matrix[:3, :3] = np.diag([-1.0, -1.0, 1.0]) @ rx @ ry @ rz * np.asarray(spacing)
    matrix[:3, 3] = origin
    return matrix


def straight_affine(
    spacing: Sequence[float] = (0.7, 1.1, 2.5), origin: Sequence[float] = (-31.0, 17.0, 5.0)
) -> NDArray[np.float64]:
    """An axial LPS scan's affine, in RAS."""
    matrix = np.diag([-spacing[0], -spacing[1], spacing[2], 1.0])
    matrix[:3, 3] = origin
    return matrix


def dataset(rows: NDArray[np.generic], *, sop_class: str = SECONDARY, modality: str = "OT", **tags: object) -> FileDataset:
    """One data set of stored values (rows, columns) or (frames, rows, columns), or RGB as a last axis of 3."""
    color = rows.ndim >= 3 and rows.shape[-1] == 3
    flat = rows if not color else rows[..., 0]
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = generate_uid(), generate_uid(), generate_uid()
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Phantom", "phantom", "", ""
    ds.StudyDate, ds.StudyTime, ds.AccessionNumber, ds.StudyID, ds.ReferringPhysicianName = "", "", "", "1", ""
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber, ds.Manufacturer = modality, 1, 1, ""
    ds.Rows, ds.Columns = flat.shape[-2:]
    if flat.ndim == 3:
        ds.NumberOfFrames = flat.shape[0]
    ds.SamplesPerPixel = 3 if color else 1
    ds.PhotometricInterpretation = "RGB" if color else "MONOCHROME2"
    if color:
        ds.PlanarConfiguration = 0
    ds.BitsAllocated = ds.BitsStored = rows.dtype.itemsize * 8
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = int(rows.dtype.kind == "i")
    data = np.ascontiguousarray(rows).tobytes()
    ds.PixelData = data + b"\0" * (len(data) % 2)
    for name, value in tags.items():
        setattr(ds, name, value)
    return ds


def write_series(
    folder: Path,
    volume: NDArray[np.int16],
    affine: NDArray[np.float64],
    *,
    slope: float = 1.0,
    intercept: float = -1024.0,
    tilt_deg: float = 0.0,
    series_number: int = 1,
    skip: Sequence[int] = (),
    **tags: object,
) -> list[Path]:
    """Write a volume (X, Y, Z) of true values as CT slices whose names and numbers are in no useful order.

    affine   : index -> RAS mm
    tilt_deg : shear between the stacking direction and the normal
    skip     : slices that are missing
    """
    folder.mkdir(parents=True, exist_ok=True)
    lps = _LPS @ affine
    spacing = np.linalg.norm(lps[:3, :3], axis=0)
    x, y = lps[:3, 0] / spacing[0], lps[:3, 1] / spacing[1]
    step = lps[:3, 2] + np.tan(np.radians(tilt_deg)) * spacing[2] * y
    frame, exam, series = generate_uid(), generate_uid(), generate_uid()
    paths = []
    for k in range(volume.shape[2]):
        if k in skip:
            continue
        stored = np.round((volume[:, :, k].T - intercept) / slope).astype(np.int16)
        ds = dataset(stored, sop_class=CT, modality="CT")
        ds.FrameOfReferenceUID, ds.StudyInstanceUID, ds.SeriesInstanceUID = frame, exam, series
        ds.SeriesNumber, ds.InstanceNumber = series_number, volume.shape[2] - k
        ds.ImageOrientationPatient = [float(f"{v:.12g}") for v in (*x, *y)]
        ds.ImagePositionPatient = [float(f"{v:.12g}") for v in lps[:3, 3] + k * step]
        ds.PixelSpacing = [float(spacing[1]), float(spacing[0])]  # between rows, between columns
        ds.SliceThickness = 3.0  # not the spacing, on purpose
        ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = slope, intercept, "HU"
        ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        for name, value in tags.items():
            setattr(ds, name, value)
        path = folder / f"{(k * 7) % 11:02d}-{k}.dcm"
        save(ds, path)
        paths.append(path)
    return paths


def save(ds: pydicom.Dataset, path: Path) -> Path:
    """Write a data set as a DICOM file."""
    pydicom.dcmwrite(path, ds, enforce_file_format=True)
    return path
